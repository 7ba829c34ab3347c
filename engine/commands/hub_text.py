"""The words of `search`, `download` and `downloads`."""

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from engine.commands.terminal import printable
from engine.library.printable import shown_part, shown_size

if TYPE_CHECKING:
    from engine.library.hub.download_state import Download
    from engine.library.hub.values import FoundRepo, RepoDetails, SearchPage

_NONE: Final = "There are no unfinished downloads."
_MINUTE: Final = 60
_HOUR: Final = 3600
_MILLION: Final = 1e6
_BILLION: Final = 1e9


def print_found(page: "SearchPage", limit: int, *, as_json: bool) -> None:
    """Search results, and how to go on from there."""
    if as_json:
        print(json.dumps(dataclasses.asdict(page), default=str))
        return
    if not page.repos:
        print("The hub has no GGUF model with these words in its name.")
        return
    width = max(len(repo.repo) for repo in page.repos)
    for repo in page.repos:
        print(printable(_found_row(repo, width)))
    if page.has_more:
        print(f"There are more: --limit {2 * limit}")
    print(f"What one holds: outrider-engine download {page.repos[0].repo}")


def _found_row(repo: "FoundRepo", width: int) -> str:
    parameters = shown_parameters(repo.parameters) if repo.parameters else ""
    downloads = f"{repo.downloads:,} downloads" if repo.downloads is not None else ""
    gated = "gated" if repo.is_gated else ""
    return f"{repo.repo:<{width}}  {parameters:>6}  {downloads:>20}  {gated}".rstrip()


def shown_parameters(count: int) -> str:
    """`135M`, `7.6B`."""
    return f"{count / _BILLION:.1f}B" if count >= _BILLION else f"{count / _MILLION:.0f}M"


def print_details(details: "RepoDetails", *, as_json: bool) -> None:
    """What a repository holds, and how to fetch some of it."""
    if as_json:
        print(json.dumps(dataclasses.asdict(details)))
        return
    facts = [
        details.repo,
        f"{shown_parameters(details.parameters)} parameters" if details.parameters else "",
        f"licence {details.licence}" if details.licence else "",
        "gated" if details.is_gated else "",
    ]
    print(printable(" · ".join(filter(None, facts))))
    if details.summary:
        print(f"\n{printable(details.summary)}\n")
    for model in details.models:
        note = " · incomplete" if model.missing_parts else ""
        parts = f" · {len(model.files)} files" if len(model.files) > 1 else ""
        row = f"{model.quantization:<12} {shown_size(model.size):>9}  {model.files[0].path}"
        print(printable(f"{row}{parts}{note}"))
    complete = [model for model in details.models if not model.missing_parts]
    if not complete:
        print("It holds no GGUF file to chat with.")
        return
    example = complete[len(complete) // 2]
    wanted = example.quantization or example.name
    print(f"Fetch one: outrider-engine download {details.repo} {wanted}")


def print_unfinished(downloads: "Sequence[Download]", *, as_json: bool) -> None:
    """How far each unfinished download is."""
    if as_json:
        print(json.dumps({"downloads": [facts(download) for download in downloads]}))
        return
    for download in downloads:
        arrived = shown_part(download.done_bytes, download.total_bytes)
        print(printable(f"{arrived:>24}  {download.model.name}  ({download.model.repo})"))
    if downloads:
        print("Go on: outrider-engine downloads resume")
        print("Throw away: outrider-engine downloads remove NAME")
    else:
        print(_NONE)


def print_resumed(downloads: "Sequence[Download]", *, as_json: bool) -> None:
    """Where those are that are done now."""
    if as_json:
        print(json.dumps({"downloads": [facts(download) for download in downloads]}))
    elif not downloads:
        print(_NONE)
    else:
        for download in downloads:
            if download.path:
                print(printable(str(download.path)))


def facts(download: "Download") -> dict[str, Any]:
    """One download for machines."""
    return {
        "repo": download.model.repo,
        "file": download.model.files[0].path,
        "state": download.state.value,
        "bytes": download.done_bytes,
        "of_bytes": download.total_bytes,
        "path": str(download.path) if download.path else None,
    }


def progress_line(downloads: "Sequence[Download]") -> str:
    """All downloads together, and what one of them waits for."""
    note = next((d.note for d in downloads if d.note), "")
    moving = [d for d in downloads if d.state.is_active]
    words = [
        shown_part(sum(d.done_bytes for d in downloads), sum(d.total_bytes for d in downloads))
    ]
    if any(d.state == "checking" and d.done_bytes for d in moving):
        words.append("checking what is here")
    speed = sum(d.bytes_per_second or 0 for d in moving)
    if speed:
        words.append(f"{shown_size(int(speed))}/s")
        missing = sum(d.total_bytes - d.done_bytes for d in downloads)
        words.append(f"{_duration(missing / speed)} left")
    return " · ".join([*words, note] if note else words)


def paused_line(downloads: "Sequence[Download]") -> str:
    """What Ctrl-C leaves behind."""
    return f"Paused at {_sum(downloads)}. Go on: outrider-engine downloads resume"


def _sum(downloads: "Sequence[Download]") -> str:
    done = sum(download.done_bytes for download in downloads)
    return shown_part(done, sum(download.total_bytes for download in downloads))


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"

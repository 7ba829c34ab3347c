"""`download` and `downloads`: models from the hub, resumed wherever they were stopped."""

import argparse
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.hub_text import (
    facts,
    paused_line,
    print_details,
    print_resumed,
    print_unfinished,
    progress_line,
)
from engine.commands.terminal import cancel_on_interrupt, clear_line, show_line
from engine.errors import Cancelled, ModelNotFound
from engine.library.printable import printable

if TYPE_CHECKING:
    from engine.library.hub.download_state import Download
    from engine.library.hub.downloads import DownloadQueue
    from engine.library.hub.values import RemoteModel, RepoDetails

_LOOK_SECONDS: Final = 0.5


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`download REPO [FILE]` and `downloads [list|resume|remove] [NAME ...]`."""
    one = commands.add_parser("download", help="fetch a model from the hub, or see what there is")
    one.add_argument("repo", metavar="REPO", help="owner/name, as `search` prints it")
    one.add_argument(
        "file", nargs="?", metavar="FILE", help="file name or quantization; without it, a list"
    )
    options.add_json(one)
    one.set_defaults(run=run_download)
    several = commands.add_parser("downloads", help="unfinished downloads: list, resume, remove")
    several.set_defaults(run=run_list)
    options.add_json(several)
    actions = several.add_subparsers(metavar="ACTION", help="without one: list them")
    resume = actions.add_parser("resume", help="go on where they stopped")
    resume.add_argument("names", nargs="*", metavar="NAME", help="how their files' names begin")
    resume.set_defaults(run=run_resume)
    options.add_json(resume)
    remove = actions.add_parser("remove", help="throw away what has arrived")
    remove.add_argument("names", nargs="+", metavar="NAME", help="how their files' names begin")
    remove.set_defaults(run=run_remove)


# The hub library takes a third of a second to import: no other command shall wait for it. Hence
# the imports inside the functions.


def run_download(args: argparse.Namespace) -> None:
    """List a repository's models, or fetch one. Ctrl-C pauses, which exits with 130."""
    from engine.library.hub.search import Hub  # noqa: PLC0415

    details = Hub().details(args.repo)
    if args.file is None:
        print_details(details, as_json=args.json)
        return
    model = _chosen(details, args.file)
    with _open_queue() as opened:
        (download,) = opened.fetch([opened.queue.add(model)])
    _require_done([download])
    print(json.dumps(facts(download)) if args.json else download.path)


def run_list(args: argparse.Namespace) -> None:
    """List unfinished downloads."""
    with _open_queue() as opened:
        print_unfinished(opened.queue.snapshot(), as_json=args.json)


def run_resume(args: argparse.Namespace) -> None:
    """Go on with unfinished downloads. Ctrl-C pauses them, which exits with 130."""
    with _open_queue() as opened:
        ids = _named(opened.queue.snapshot(), args.names)
        for id_ in ids:
            opened.queue.resume(id_)
        downloads = opened.fetch(ids)
    print_resumed(downloads, as_json=args.json)
    _require_done(downloads)


def run_remove(args: argparse.Namespace) -> None:
    """Throw away what has arrived of unfinished downloads."""
    with _open_queue() as opened:
        for id_ in _named(opened.queue.snapshot(), args.names):
            opened.queue.remove(id_)
            print(f"Removed: {id_}")


def _require_done(downloads: "Sequence[Download]") -> None:
    for download in downloads:
        if download.error:
            raise download.error


@dataclass(frozen=True)
class _OpenQueue:
    queue: "DownloadQueue"
    changed: threading.Event

    def fetch(self, ids: Sequence[str]) -> "tuple[Download, ...]":
        """The downloads when all have ended. Ctrl-C pauses them and raises `Cancelled`."""
        cancel = CancelToken()
        with cancel_on_interrupt(cancel):
            downloads = self._now(ids)
            while any(download.state.is_pending for download in downloads):
                if cancel.cancelled:
                    clear_line()
                    print(paused_line(downloads), file=sys.stderr)
                    raise Cancelled
                show_line(progress_line(downloads))
                self.changed.wait(_LOOK_SECONDS)
                self.changed.clear()
                downloads = self._now(ids)
        clear_line()
        return downloads

    def _now(self, ids: Sequence[str]) -> "tuple[Download, ...]":
        return tuple(d for d in self.queue.snapshot() if d.id in ids)


@contextmanager
def _open_queue() -> Iterator[_OpenQueue]:
    from engine.library.hub.downloads import DownloadQueue  # noqa: PLC0415

    changed = threading.Event()
    with closing(DownloadQueue(on_change=changed.set)) as queue:
        yield _OpenQueue(queue, changed)


def _chosen(details: "RepoDetails", wanted: str) -> "RemoteModel":
    """The model of that path, name or quantization."""
    key = wanted.casefold()
    found = [
        model
        for model in details.models
        if key in (model.files[0].path.casefold(), model.name.casefold())
        or key in (model.name.removesuffix(".gguf").casefold(), model.quantization.casefold())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        sentence, names = "fits several files of", [model.name for model in found]
    else:
        sentence, names = "is not in", [m.quantization or m.name for m in details.models]
    raise ModelNotFound(
        f"“{printable(wanted)}” {sentence} {details.repo}.",
        hint=f"There is {', '.join(dict.fromkeys(names))}." if names else "It holds no GGUF model.",
    )


def _named(downloads: "Sequence[Download]", names: Sequence[str]) -> list[str]:
    """The ids of those whose file names begin like one of `names`; of all for no names."""
    ids: list[str] = []
    for name in names:
        key = name.casefold()
        found = [d.id for d in downloads if d.model.name.casefold().startswith(key)]
        if not found:
            raise ModelNotFound(f"No unfinished download is called “{printable(name)}”.")
        ids.extend(found)
    return ids or [download.id for download in downloads]

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
from engine.commands.download_text import (
    facts,
    paused_line,
    print_details,
    print_unfinished,
    progress_line,
)
from engine.commands.terminal import cancel_on_interrupt, clear_line, show_line
from engine.errors import BadSetting, Cancelled, ModelNotFound
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
    several.add_argument("action", nargs="?", choices=("list", "resume", "remove"), default="list")
    several.add_argument("names", nargs="*", metavar="NAME", help="file names; resume: all if none")
    options.add_json(several)
    several.set_defaults(run=run_downloads)


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
    print(json.dumps(facts(download)) if args.json else download.path)


def run_downloads(args: argparse.Namespace) -> None:
    """List unfinished downloads, go on with them, or throw away what has arrived of them."""
    with _open_queue() as opened:
        found = opened.queue.snapshot()
        if args.action == "list":
            print_unfinished(found, as_json=args.json)
            return
        ids = _named(found, args)
        change = opened.queue.remove if args.action == "remove" else opened.queue.resume
        for id_ in ids:
            change(id_)
        done = opened.fetch(ids) if args.action == "resume" else ()
    if args.json:
        print(json.dumps({"downloads": [facts(download) for download in done]}))
    elif args.action == "remove":
        print(f"Removed what had arrived of {len(ids)} downloads.")
    for download in done if not args.json else ():
        print(download.path)


@dataclass(frozen=True)
class _OpenQueue:
    queue: "DownloadQueue"
    changed: threading.Event

    def fetch(self, ids: Sequence[str]) -> "tuple[Download, ...]":
        """The downloads when all have ended well. Ctrl-C pauses them and raises `Cancelled`."""
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
        for download in downloads:
            if download.error:
                raise download.error
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
    offered = ", ".join(
        model.name if found else model.quantization or model.name
        for model in (found or details.models)
    )
    sentence = "fits several files of" if found else "is not in"
    raise ModelNotFound(
        f"“{printable(wanted)}” {sentence} {details.repo}.",
        hint=f"There is {offered}." if offered else "It has no GGUF file to chat with.",
    )


def _named(downloads: "Sequence[Download]", args: argparse.Namespace) -> list[str]:
    """The ids of those whose names begin as asked; all of them where a resume names none."""
    if args.action == "remove" and not args.names:
        raise BadSetting("Nothing is named to be removed.", hint="Write a file's name.")
    ids: list[str] = []
    for name in args.names:
        found = [d.id for d in downloads if d.model.name.casefold().startswith(name.casefold())]
        if not found:
            raise ModelNotFound(f"No unfinished download is called “{printable(name)}”.")
        ids.extend(found)
    return ids or [download.id for download in downloads]

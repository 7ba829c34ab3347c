"""Import files into the store, or report what that would do."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from desktop.conversations.importing.detect import read
from desktop.conversations.importing.parsed import Imported, Parsed, Unreadable
from desktop.conversations.importing.sources import Reading, opened
from desktop.conversations.importing.troubles import BadImport
from desktop.conversations.values import ConversationSummary, ConversationTree
from engine.cancel import CancelToken

_BATCH: Final = 50
_BATCH_BYTES: Final = 1 << 19
"""So much at once keeps others from writing for some 0.3 s on a busy machine, most of it for the
index of the search; a larger conversation is a batch of its own."""
_MOST_TOLD: Final = 100
"""Unreadable conversations that the report names; the others it counts."""


class Library(Protocol):
    """What an import needs of the store."""

    def find_source(self, source: str) -> str | None:
        """The id of the conversation that was imported from `source`."""
        ...

    def summary(self, conversation_id: str) -> ConversationSummary:
        """Raises `LookupError` for an id that is not there."""
        ...

    def add_trees(
        self, trees: Iterable[ConversationTree], contents: Mapping[str, bytes]
    ) -> list[str]:
        """Add them all or none."""
        ...


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is; bytes of the file that is read now."""

    path: Path
    bytes_read: int
    bytes_total: int
    conversations: int


@dataclass
class ImportReport:
    """What an import did, or would do."""

    added: int = 0
    messages: int = 0
    attachments: int = 0
    duplicates: int = 0
    """They are in Outrider already, or stand in the files twice."""
    empty: int = 0
    """Without a message; they are not imported."""
    unreadable: int = 0
    apps: Counter[str] = field(default_factory=Counter)
    """Conversations by the app they come from."""
    left_out: Counter[str] = field(default_factory=Counter)
    """What cannot be carried, and how often."""
    troubles: list[Unreadable] = field(default_factory=list)
    """The first of what could not be read."""


def no_progress(_progress: ImportProgress) -> None:
    """For callers who do not show any."""


def import_files(
    paths: Iterable[Path],
    library: Library,
    *,
    dry_run: bool = False,
    progress: Callable[[ImportProgress], None] = no_progress,
    cancel: CancelToken | None = None,
) -> ImportReport:
    """Add the conversations of all files that are not there yet; with `dry_run` only count them.

    Raises `Cancelled` between two batches: what was added stays, and another import goes on from
    there. A file of which nothing is known ends up in the report.
    """
    run = _Run(library, dry_run=dry_run)
    for path in paths:
        try:
            with opened(path) as source:
                reading = Reading(source, cancel or CancelToken())
                for parsed in _watched(reading, run.report, progress):
                    run.take(parsed)
        except BadImport as error:
            run.take(Unreadable(path.name, error.sentence))
        run.flush()
    return run.report


def _watched(
    reading: Reading, report: ImportReport, progress: Callable[[ImportProgress], None]
) -> Iterator[Parsed]:
    total = sum(reading.source.sizes.values())
    path = reading.source.path
    for parsed in read(reading):
        yield parsed
        done = min(reading.bytes_read, total)
        progress(ImportProgress(path, done, total, report.added + report.duplicates))


class _Run:
    """One import, in batches: each is in the store wholly or not at all."""

    def __init__(self, library: Library, *, dry_run: bool) -> None:
        self._library = library
        self._dry_run = dry_run
        self._seen: set[str] = set()
        self._batch: list[Imported] = []
        self._batch_bytes = 0
        self.report: Final = ImportReport()

    def take(self, parsed: Parsed) -> None:
        report = self.report
        if isinstance(parsed, Unreadable):
            report.unreadable += 1
            if len(report.troubles) < _MOST_TOLD:
                report.troubles.append(parsed)
        elif not parsed.tree.messages:
            report.empty += 1
        elif self._is_known(parsed.tree):
            report.duplicates += 1
        else:
            self._count(parsed)
            if not self._dry_run:
                self._keep(parsed)

    def _is_known(self, tree: ConversationTree) -> bool:
        if {tree.id, tree.source} & self._seen:
            return True
        self._seen |= {tree.id, tree.source} - {""}
        if tree.source and self._library.find_source(tree.source) is not None:
            return True
        try:
            self._library.summary(tree.id)
        except LookupError:
            return False
        return True

    def _count(self, parsed: Imported) -> None:
        report, tree = self.report, parsed.tree
        report.added += 1
        report.messages += len(tree.messages)
        report.attachments += sum(len(message.attachments) for message in tree.messages)
        report.apps[tree.source.partition(":")[0] or "json"] += 1
        report.left_out.update(parsed.left_out)

    def _keep(self, parsed: Imported) -> None:
        self._batch.append(parsed)
        self._batch_bytes += _size(parsed)
        if len(self._batch) >= _BATCH or self._batch_bytes >= _BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        if not self._batch:
            return
        contents: dict[str, bytes] = {}
        for parsed in self._batch:
            contents.update(parsed.contents)
        self._library.add_trees([parsed.tree for parsed in self._batch], contents)
        self._batch.clear()
        self._batch_bytes = 0


def _size(parsed: Imported) -> int:
    texts = sum(len(message.text) + len(message.thinking) for message in parsed.tree.messages)
    return texts + sum(map(len, parsed.contents.values()))

"""Lists every model of every place: what is known at once, what is new as its header is read."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.library.listing import ListedModel, read_model, signature_of
from engine.library.printable import printable
from engine.library.scan_cache import KnownModel, ScanCache
from engine.library.stores.found import OUR_STORE, FoundFile, Place


@dataclass(frozen=True)
class ListedFolder:
    """A place that was searched."""

    root: Path
    store: str
    models: int
    offline: bool
    """It is not there, or its drive is not: its models are those of the last time."""


@dataclass(frozen=True)
class ScanStep:
    """One more model is listed."""

    model: ListedModel
    done: int
    total: int


@dataclass(frozen=True)
class _Task:
    """A file that a place holds, before it is known whether it has to be read."""

    found: FoundFile
    place: Place
    offline: bool = False


class LibraryScan:
    """One search of places and single files.

    Iterating gives the models: first those that are known, then those that have to be read. It may
    be left at any point; what was read is kept. `folders` is there from the beginning.
    """

    def __init__(
        self,
        cache: ScanCache,
        places: Sequence[Place],
        files: Sequence[Path] = (),
        hidden: Collection[Path] = (),
    ) -> None:
        self._cache = cache
        self._known = cache.models()
        self._hidden = frozenset(hidden)
        self._seen: set[tuple[int, int] | Path] = set()
        self._tasks: list[_Task] = []
        self.folders = [self._search(place) for place in places]
        self._add_files(files)

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[ScanStep]:
        fresh: list[tuple[_Task, str]] = []
        done = 0
        for task in self._tasks:
            signature = signature_of(task.found.path)
            known = self._known.get(task.found.path)
            if known and (task.offline or known.signature == signature):
                done += 1
                yield ScanStep(self._recalled(task, known), done, len(self))
            else:
                fresh.append((task, signature))
        for done_before, (task, signature) in enumerate(fresh, done):
            yield ScanStep(self._read(task, signature), done_before + 1, len(self))

    def _recalled(self, task: _Task, known: KnownModel) -> ListedModel:
        if known.root != task.place.root and not task.offline:
            self._cache.keep(replace(known, root=task.place.root))
        return _as_found(known.listed, task)

    def _read(self, task: _Task, signature: str) -> ListedModel:
        listed = read_model(task.found, task.place.store)
        if listed.lasting:
            self._cache.keep(KnownModel(task.place.root, signature, listed))
        return listed

    def _search(self, place: Place) -> ListedFolder:
        before = len(self._tasks)
        found = _found_in(place)
        offline = found is None or (not found and self._left(place.root))
        if offline:
            self._add(place, self._remembered(place), offline=True)
        else:
            self._add(place, found or [])
            self._forget_missing(place, {file.path for file in found or ()})
        return ListedFolder(place.root, place.store, len(self._tasks) - before, offline)

    def _left(self, root: Path) -> bool:
        """Whether an empty folder is where a drive was mounted."""
        device = _device(root)
        before = self._cache.device(root)
        return before is not None and device is not None and device != before

    def _remembered(self, place: Place) -> list[FoundFile]:
        lines = [known.listed for known in self._known.values() if known.root == place.root]
        return [FoundFile(line.path, line.title, line.origin) for line in lines]

    def _forget_missing(self, place: Place, present: set[Path]) -> None:
        for path, known in self._known.items():
            if known.root == place.root and path not in present:
                self._cache.forget(path)
        device = _device(place.root)
        if device is not None and present and device != self._cache.device(place.root):
            self._cache.keep_device(place.root, device)

    def _add(self, place: Place, files: Sequence[FoundFile], *, offline: bool = False) -> None:
        for file in files:
            if file.path not in self._hidden and self._is_new(file.path):
                self._tasks.append(_Task(file, place, offline))

    def _add_files(self, files: Sequence[Path]) -> None:
        for path in files:
            place = Place(path.parent, OUR_STORE, lambda _root: ())
            gone = path in self._known and not path.exists()
            self._add(place, [FoundFile(path, path.stem)], offline=gone)

    def _is_new(self, path: Path) -> bool:
        """Whether the same file was not found before, under another name or by another link."""
        identity: tuple[int, int] | Path = path
        with suppress(OSError, ValueError):
            status = os.stat(path)  # noqa: PTH116 - as in `signature_of`
            identity = status.st_dev, status.st_ino
        new = identity not in self._seen
        self._seen.add(identity)
        return new


def _found_in(place: Place) -> list[FoundFile] | None:
    """None where the root cannot be listed, which a search by patterns would not tell."""
    try:
        os.scandir(place.root).close()
        return list(place.find(place.root))
    except OSError:
        return None


def _device(folder: Path) -> int | None:
    try:
        return folder.stat().st_dev & ((1 << 63) - 1)
    except OSError:
        return None


def _as_found(listed: ListedModel, task: _Task) -> ListedModel:
    """What is known of a file, under the name that it has in the place where it was found now."""
    return replace(
        listed,
        title=printable(task.found.title),
        store=task.place.store,
        origin=printable(task.found.origin),
        offline=task.offline,
    )

"""Finds the model files below a folder, whatever a person has made of it."""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final, TypeAlias

from engine.library.split_files import first_part
from engine.library.stores.found import FoundFile

MAX_DEPTH: Final = 12
MAX_ENTRIES: Final = 100_000
"""Somebody may name a whole disk: the search ends there, and says so in the log."""

Entries: TypeAlias = "AbstractContextManager[Iterator[os.DirEntry[str]]]"

log = logging.getLogger("outrider.library")


def find_models(root: Path) -> Iterator[FoundFile]:
    """Every model below `root` by its file name, a split one by its first part."""
    for path in model_paths(root):
        yield FoundFile(path, path.stem)


def model_paths(root: Path) -> Iterator[Path]:
    """The files below `root` that end in .gguf, in the order of their names.

    Links are followed, each folder is entered once, hidden folders are not. The first part of a
    split model stands for all; it is named also where only later parts are there. Raises `OSError`
    if `root` itself cannot be listed.
    """
    walk = _Walk()
    walk.enters(root)
    return walk.below(root, os.scandir(root), 0)


class _Walk:
    def __init__(self) -> None:
        self._entered: set[tuple[int, int]] = set()
        self._entries = 0

    def below(self, folder: Path, listing: Entries, depth: int) -> Iterator[Path]:
        named: set[Path] = set()
        for entry in self._sorted(folder, listing):
            path = folder / entry.name
            if _is_folder(entry):
                yield from self._inside(entry, path, depth + 1)
            elif entry.name.lower().endswith(".gguf"):
                first = first_part(path)
                if first not in named:
                    named.add(first)
                    yield first

    def _sorted(self, folder: Path, listing: Entries) -> list[os.DirEntry[str]]:
        entries = []
        with listing as found, suppress(OSError):
            for entry in found:
                self._entries += 1
                if self._entries > MAX_ENTRIES:
                    log.warning("%s holds too many files: some are left out", folder)
                    break
                entries.append(entry)
        return sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name))

    def _inside(self, entry: os.DirEntry[str], path: Path, depth: int) -> Iterator[Path]:
        """What a folder holds; one that is called like a model and holds none is itself named."""
        if entry.name.startswith(".") or depth > MAX_DEPTH or not self.enters(path):
            return
        inside: list[Path] = []
        with suppress(OSError):
            inside = list(self.below(path, os.scandir(path), depth))
        if not inside and entry.name.lower().endswith(".gguf"):
            inside = [path]
        yield from inside

    def enters(self, path: Path) -> bool:
        """Whether the folder is there and was not entered before; from now on it was."""
        try:
            status = path.stat()
        except OSError:
            return False
        identity = status.st_dev, status.st_ino
        if identity in self._entered:
            return False
        self._entered.add(identity)
        return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False

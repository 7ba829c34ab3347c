"""A model file as a search comes upon it, before its header is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

OUR_STORE: Final = "Outrider"
"""Folders that the person named; what lies there is theirs to delete."""


@dataclass(frozen=True)
class FoundFile:
    """Where a model lies, and what its store calls it. Nothing here was checked."""

    path: Path
    title: str
    """A name that says more than the file's own where that is a hash or always the same."""
    origin: str = ""
    """The repository it came from, where its place tells: "Qwen/Qwen3-8B-GGUF"."""


Finder: TypeAlias = Callable[[Path], Iterable[FoundFile]]
"""Lists a store's models by file names alone; may raise `OSError` where its root is away."""


@dataclass(frozen=True)
class Place:
    """A folder with models and how they are found in it."""

    root: Path
    store: str
    """The app that keeps it, as people know it."""
    find: Finder

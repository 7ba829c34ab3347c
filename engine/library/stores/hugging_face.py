"""Hugging Face's cache: `models--org--repo/snapshots/commit/file`, most often links to blobs.

llama.cpp's own downloads lie in it too, and ours.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.library.stores.found import FoundFile
from engine.library.stores.small_files import read_text
from engine.library.stores.walk import model_paths

_PREFIX: Final = "models--"


def find_models(root: Path) -> Iterator[FoundFile]:
    """Every model of every snapshot; the one that `main` names before the older ones."""
    for repository in sorted(root.glob(f"{_PREFIX}*")):
        origin = repository.name.removeprefix(_PREFIX).replace("--", "/", 1)
        for snapshot in _snapshots(repository):
            for path in model_paths(snapshot):
                yield FoundFile(path, path.stem, origin)


def _snapshots(repository: Path) -> list[Path]:
    newest = read_text(repository / "refs" / "main").strip()
    folders = [path for path in (repository / "snapshots").glob("*") if path.is_dir()]
    return sorted(folders, key=lambda path: (path.name != newest, path.name))

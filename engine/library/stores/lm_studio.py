"""LM Studio's folder: `publisher/model/file.gguf`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.library.stores.found import FoundFile
from engine.library.stores.walk import model_paths

_REPOSITORY_PARTS: Final = 2


def find_models(root: Path) -> Iterator[FoundFile]:
    """Every model, with the repository that its two folders name."""
    for path in model_paths(root):
        parents = path.relative_to(root).parent.parts
        origin = "/".join(parents) if len(parents) == _REPOSITORY_PARTS else ""
        yield FoundFile(path, path.stem, origin)

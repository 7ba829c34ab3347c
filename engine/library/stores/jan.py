"""Jan's data folder: `llamacpp/models/org/repo/{model.yml,model.gguf}`.

The YAML gives the name; the path in it may also lead to a file that Jan did not download itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from engine.library.stores.found import FoundFile
from engine.library.stores.small_files import read_text, text_in
from engine.library.stores.walk import model_paths

_DESCRIPTION: Final = "model.yml"
_MAX_DESCRIPTION: Final = 1 << 16
_USUAL_STEM: Final = "model"
_MODEL_FOLDERS: Final = ("llamacpp/models", "models")


def find_models(root: Path) -> Iterator[FoundFile]:
    """The models that descriptions name, then other files beside them."""
    for folder in (root / name for name in _MODEL_FOLDERS):
        if folder.is_dir():
            yield from _described(root, folder)
            for path in model_paths(folder):
                yield FoundFile(path, _by_folder(folder, path.parent, path.stem))


def _described(root: Path, folder: Path) -> Iterator[FoundFile]:
    for description in sorted(folder.glob(f"**/{_DESCRIPTION}")):
        values = _read(description)
        stated = text_in(values, "model_path")
        if stated.lower().endswith(".gguf") and "\0" not in stated:
            name = text_in(values, "name") or _by_folder(folder, description.parent)
            yield FoundFile(root / stated, name)


def _by_folder(folder: Path, model_folder: Path, stem: str = _USUAL_STEM) -> str:
    """The folders' names for a file that is called like every other, else its own."""
    names = "/".join(model_folder.relative_to(folder).parts)
    return names if names and stem == _USUAL_STEM else stem


def _read(description: Path) -> dict[str, Any]:
    text = read_text(description)
    if len(text) > _MAX_DESCRIPTION:
        return {}
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}

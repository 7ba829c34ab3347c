"""How a name that a person gives becomes a model file, and which models there are."""

from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.errors import ModelNotFound, OutriderError
from engine.library.metadata import ModelInfo, inspect_model
from engine.library.model_file import open_model_file
from engine.library.printable import printable, shorten
from engine.library.split_files import is_later_part


@dataclass(frozen=True)
class ListedModel:
    """One file of the models folder: described, or with the sentence why it cannot be used."""

    path: Path
    info: ModelInfo | None
    refusal: str
    """"" for a model one can chat with."""


def resolve_model(name: str) -> Path:
    """The file meant by a path, by a name in the models folder, or by the start of one.

    Raises `ModelNotFound`, also for a path that cannot be opened.
    """
    path = Path(name).expanduser()
    if path.name == name and not _is_file(path):
        return _by_stem(name.removesuffix(".gguf"))
    with open_model_file(path):
        return path


def list_models() -> list[ListedModel]:
    """The models folder, sorted by file name. A bad file is an entry, never an error."""
    return [_listed(path) for path in _model_files()]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _by_stem(name: str) -> Path:
    files = {path.stem: path for path in _model_files()}
    if name in files:
        return files[name]
    wanted = name.casefold()
    matches = [stem for stem in files if wanted and stem.casefold().startswith(wanted)]
    if len(matches) == 1:
        return files[matches[0]]
    raise _no_such_name(printable(name), matches, list(files))


def _no_such_name(name: str, matches: list[str], stems: list[str]) -> ModelNotFound:
    folder = paths.models_dir()
    if not stems:
        return ModelNotFound(
            f"There is no model “{name}”: no .gguf file is in {folder}.",
            hint="Put one there, or give the path of a file.",
        )
    if matches:
        return ModelNotFound(
            f"“{name}” could be {_in_words(matches, 'or')}.", hint="Write more of the name."
        )
    return ModelNotFound(
        f"There is no model “{name}” in {folder}.", hint=f"There is {_in_words(stems, 'and')}."
    )


def _in_words(names: list[str], last: str) -> str:
    *others, end = [printable(name) for name in names]
    return shorten(f"{', '.join(others)} {last} {end}" if others else end, 400)


def _model_files() -> list[Path]:
    try:
        found = [path for path in paths.models_dir().iterdir() if path.suffix.lower() == ".gguf"]
    except OSError:
        return []
    return sorted(
        (path for path in found if not is_later_part(path)),
        key=lambda path: (path.name.casefold(), path.name),
    )


def _listed(path: Path) -> ListedModel:
    try:
        info = inspect_model(path)
    except OutriderError as error:
        return ListedModel(path, None, error.message)
    return ListedModel(path, info, info.refusal)

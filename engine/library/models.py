"""How a name that a person gives becomes a model file, and which models there are."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.cancel import CancelToken
from engine.errors import ModelNotFound
from engine.frozen import packed_file
from engine.language import tr
from engine.library.listing import ListedModel
from engine.library.model_file import open_model_file
from engine.library.printable import printable, shorten
from engine.library.scan import LibraryScan, ListedFolder
from engine.library.scan_cache import ScanCache
from engine.library.shelf import Shelf, load_shelf
from engine.library.starter import STARTER
from engine.library.stores.walk import model_paths

Progress = Callable[[int, int], None]
"""How many files of how many are done."""


@dataclass(frozen=True)
class Library:
    """Every model on this computer, and where it was searched for."""

    models: list[ListedModel]
    """By title. A bad file is among them, with its reason."""
    folders: list[ListedFolder]


def resolve_model(name: str) -> Path:
    """The file meant by a path, by a name in the models folder, or by the start of one.

    Names of other folders and other apps ("qwen3:8b") count where the models folder has none.
    Raises `ModelNotFound`, also for a path that cannot be opened, and the errors of `load_shelf`.
    """
    path = Path(name).expanduser()
    if path.name == name and not _is_file(path):
        return _by_stem(name.removesuffix(".gguf"))
    with open_model_file(path):
        return path


def list_library(
    shelf: Shelf | None = None,
    *,
    on_progress: Progress = lambda _done, _total: None,
    cancel: CancelToken | None = None,
) -> Library:
    """Search all places of the shelf, or of the one that was saved.

    What is known from the last time is not read again. Raises `Cancelled` (what was read by then is
    kept) and the errors of `load_shelf`.
    """
    chosen = shelf or load_shelf()
    models = []
    with ScanCache() as cache:
        scan = LibraryScan(cache, chosen.places(), _with_packed(chosen.files), chosen.hidden)
        for step in scan:
            models.append(step.model)
            on_progress(step.done, step.total)
            if cancel:
                cancel.check()
    return Library(sorted(models, key=_by_title), scan.folders)


def _by_title(model: ListedModel) -> tuple[str, str]:
    return model.title.casefold(), str(model.path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _by_stem(name: str) -> Path:
    files = _own_models()
    matches = _matches(name, files)
    if not matches:
        elsewhere = _named_elsewhere()
        matches = _matches(name, elsewhere)
        files = elsewhere if matches or not files else files
    if len(matches) == 1:
        return files[matches[0]]
    raise _no_such_name(printable(name), matches, list(files))


def _matches(name: str, files: Collection[str]) -> list[str]:
    """The file of that name, or those that begin with it."""
    if name in files:
        return [name]
    wanted = name.casefold()
    return [title for title in files if wanted and title.casefold().startswith(wanted)]


def _own_models() -> dict[str, Path]:
    """The models folder, and what the program brings along, by file name."""
    found: list[Path] = []
    with suppress(OSError):
        found.extend(model_paths(paths.models_dir()))
    found = sorted(_with_packed(found), key=lambda path: path.name.casefold())
    return {path.stem: path for path in found}


def _with_packed(files: Sequence[Path]) -> list[Path]:
    """`files`, and the starter model of the frozen program."""
    packed = packed_file(STARTER.file_name)
    return [*files, packed] if packed else [*files]


def _named_elsewhere() -> dict[str, Path]:
    """Everything else on the shelf, by title; no header is read for it."""
    files: dict[str, Path] = {}
    for place in load_shelf().places():
        with suppress(OSError):
            for found in place.find(place.root):
                files.setdefault(found.title, found.path)
    return files


def _no_such_name(name: str, matches: list[str], stems: list[str]) -> ModelNotFound:
    folder = paths.models_dir()
    if not stems:
        return ModelNotFound(
            tr("There is no model “{name}”: no .gguf file is in {folder}.").format(
                name=name, folder=folder
            ),
            hint=tr("Put one there, or give the path of a file."),
        )
    if matches:
        return ModelNotFound(
            tr("“{name}” could be {names}.").format(
                name=name, names=_in_words(matches, tr(" or "))
            ),
            hint=tr("Write more of the name."),
        )
    return ModelNotFound(
        tr("There is no model “{name}” in {folder}.").format(name=name, folder=folder),
        hint=tr("There is {names}.").format(names=_in_words(stems, tr(" and "))),
    )


def _in_words(names: list[str], last: str) -> str:
    *others, end = [printable(name) for name in names]
    return shorten(f"{', '.join(others)}{last}{end}" if others else end, 400)

"""The models of this computer as the window knows them, read by the engine's library."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.cancel import CancelToken
from engine.config import SelfDraft
from engine.language import tr

if TYPE_CHECKING:
    from engine.library.drafts import RankedDraft
    from engine.library.expected_speed import Regime
    from engine.library.find_draft import DraftSources
    from engine.library.listing import ListedModel
    from engine.library.shelf import Shelf

Progress = Callable[[int, int], None]
"""How many files of how many are done."""


@dataclass(frozen=True)
class FoundModel:
    """One file as the dialog shows it. `refusal` says why it cannot be used; "" if it can."""

    path: Path
    name: str
    quantization: str = ""
    size_bytes: int = 0
    context_length: int = 0
    refusal: str = ""
    architecture: str = ""
    parameters: int = 0
    licence: str = ""
    store: str = ""
    """The app that keeps it; "" where that is Outrider."""
    origin: str = ""
    """The repository it came from."""
    offline: bool = False
    """Its folder is not there now; then `refusal` says so."""
    cut_off: bool = False
    """The file ends early; then `refusal` says so."""
    grows_in_place: bool = False
    """It lies where downloads go: the rest of it can be brought."""
    active_bytes: int = 0
    """Of the weights that one token needs; 0 where that is not known."""


@dataclass(frozen=True)
class Folder:
    """A place that is searched for models."""

    path: Path
    store: str
    """The app that keeps it; "" for one that the person named."""
    models: int
    offline: bool


class Library(Protocol):
    """Reads model files. Slow; called in the scanning thread only."""

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        """Every model on the person's shelf. Raises `Cancelled` and `OutriderError`."""

    def describe(self, path: Path) -> FoundModel:
        """One file, wherever it is; a bad one is described too."""

    def rank(self, target: Path, regime: "Regime | None" = None) -> "list[RankedDraft]":
        """Every model that was found as a draft for `target`, the most promising first.

        `regime`: where the target goes; None: in memory or on the disk, by its size.

        Raises `ModelNotFound` for a target that vanished.
        """

    def sources(self, target: Path) -> "DraftSources":
        """Where drafts for `target` can come from. Raises like `rank`."""

    def folders(self) -> list[Folder]:
        """Every place that the last search went through."""

    def add_folder(self, folder: Path) -> None:
        """List what lies in `folder` from now on. This and what follows raise `OutriderError`."""

    def remove_folder(self, folder: Path) -> None:
        """List it no more; its files stay."""

    def add_file(self, path: Path) -> None:
        """List one file from now on."""

    def remove_from_list(self, path: Path) -> None:
        """List it no more; it stays on the disk."""

    def move_to_trash(self, path: Path) -> None:
        """Delete it, where it is the person's to delete."""

    def keep_download(self, path: Path) -> None:
        """List a model that was downloaded here."""


class LocalLibrary:
    """The real `Library`. The engine's modules are imported in the scanning thread."""

    def __init__(self) -> None:
        self._listed: dict[Path, ListedModel] = {}
        self._folders: list[Folder] = []

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        """See `Library`."""
        from engine.library.models import list_library  # noqa: PLC0415

        library = list_library(on_progress=on_progress, cancel=cancel)
        self._listed = {model.path: model for model in library.models}
        self._folders = [
            Folder(
                folder.root,
                _other_app(folder.store),
                folder.models,
                folder.offline,
            )
            for folder in library.folders
        ]
        return [_found(model) for model in library.models]

    def describe(self, path: Path) -> FoundModel:
        """See `Library`."""
        return _found(self._known(path))

    def rank(self, target: Path, regime: "Regime | None" = None) -> "list[RankedDraft]":
        """See `Library`."""
        from engine.library.drafts import rank_drafts  # noqa: PLC0415
        from engine.library.expected_speed import regime_of  # noqa: PLC0415
        from engine.library.scan_cache import ScanCache  # noqa: PLC0415
        from engine.machine import available_memory  # noqa: PLC0415
        from engine.measured_pairs import measured_speedups  # noqa: PLC0415

        chosen = self._known(target)
        size = chosen.info.size_bytes if chosen.info else 0
        usable = [model.path for model in self._listed.values() if model.usable]
        with ScanCache() as cache:
            return rank_drafts(
                chosen,
                self._listed.values(),
                cache,
                regime=regime or regime_of(size, available_memory()),
                measured=measured_speedups(target, [SelfDraft(), *usable]),
            )

    def sources(self, target: Path) -> "DraftSources":
        """See `Library`."""
        from engine.library.catalogue import load_catalogue  # noqa: PLC0415
        from engine.library.find_draft import find_drafts  # noqa: PLC0415
        from engine.library.metadata import inspect_model  # noqa: PLC0415

        info = self._known(target).info or inspect_model(target)
        return find_drafts(info, self.rank(target), load_catalogue())

    def folders(self) -> list[Folder]:
        """See `Library`."""
        return self._folders

    def add_folder(self, folder: Path) -> None:
        """See `Library`."""
        self._change_shelf(lambda shelf: shelf.with_folder(folder))

    def remove_folder(self, folder: Path) -> None:
        """See `Library`."""
        self._change_shelf(lambda shelf: shelf.without_folder(folder))

    def add_file(self, path: Path) -> None:
        """See `Library`."""
        self._change_shelf(lambda shelf: shelf.with_file(path))

    def remove_from_list(self, path: Path) -> None:
        """See `Library`."""
        self._change_shelf(lambda shelf: shelf.without_file(path))

    def move_to_trash(self, path: Path) -> None:
        """See `Library`."""
        from engine.library.removal import move_to_trash  # noqa: PLC0415
        from engine.library.shelf import load_shelf  # noqa: PLC0415

        move_to_trash(path, load_shelf())

    def keep_download(self, path: Path) -> None:
        """See `Library`."""
        self._change_shelf(lambda shelf: shelf.with_download(path))

    def _change_shelf(self, change: "Callable[[Shelf], Shelf]") -> None:
        from engine.library.shelf import load_shelf  # noqa: PLC0415

        change(load_shelf()).save()

    def _known(self, path: Path) -> "ListedModel":
        from engine.library.listing import read_model  # noqa: PLC0415
        from engine.library.stores.found import FoundFile  # noqa: PLC0415

        if path not in self._listed:
            self._listed[path] = read_model(FoundFile(path, path.stem))
        return self._listed[path]


def _other_app(store: str) -> str:
    from engine.library.stores.found import OUR_STORE  # noqa: PLC0415

    return "" if store == OUR_STORE else store


def _found(model: "ListedModel") -> FoundModel:
    from engine.library.stores.places import HUGGING_FACE  # noqa: PLC0415

    refusal = model.refusal or (tr("Its folder is not there now.") if model.offline else "")
    found = FoundModel(
        path=model.path,
        name=model.title,
        refusal=refusal,
        store=_other_app(model.store),
        origin=model.origin,
        offline=model.offline,
        cut_off=model.cut_off,
        grows_in_place=model.store == HUGGING_FACE,
    )
    if model.info is None:
        return replace(found, size_bytes=_size(model.path))
    return replace(
        found,
        quantization=model.info.quantization,
        size_bytes=model.info.size_bytes,
        active_bytes=model.info.active_bytes,
        context_length=model.info.context_length,
        architecture=model.info.architecture,
        parameters=model.info.parameters,
        licence=model.info.licence,
    )


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0

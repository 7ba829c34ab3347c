"""Finding and ranking model files in a thread of their own: headers take their time."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop.model_library import Library
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError

if TYPE_CHECKING:
    from engine.library.drafts import RankedDraft
    from engine.library.expected_speed import Regime


class ModelScan(QObject):
    """Asks a `Library` in the background.

    Signals (on the thread this object lives in):
        found(list[FoundModel]): everything on the shelf, and the extra files
        progressed(int, int): files that are done, of how many
        failed(OutriderError): the shelf cannot be read (the extra files are found), or a target
        ranked(Path, list[RankedDraft]): target, its drafts
        sourced(Path, DraftSources): target, where drafts can come from
        foldered(list[Folder]): all places, told before `found`
    """

    found = Signal(object)
    progressed = Signal(int, int)
    failed = Signal(object)
    ranked = Signal(object, object)
    sourced = Signal(object, object)
    foldered = Signal(object)
    _found = Signal(object)
    _progressed = Signal(int, int)
    _failed = Signal(object)
    _ranked = Signal(object, object)
    _sourced = Signal(object, object)
    _foldered = Signal(object)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._worker = Worker("models")
        self._target: Path | None = None
        self._extra: tuple[Path, ...] = ()
        self._cancel = CancelToken()
        queued = Qt.ConnectionType.QueuedConnection
        self._found.connect(self.found, queued)
        self._progressed.connect(self.progressed, queued)
        self._failed.connect(self.failed, queued)
        self._ranked.connect(self._pass_ranking_on, queued)
        self._sourced.connect(self.sourced, queued)
        self._foldered.connect(self.foldered, queued)

    def scan(self, extra: Sequence[Path]) -> None:
        """List the shelf, and the files `extra` wherever they are; a search that runs is ended."""
        self._extra = tuple(extra)
        self._cancel.cancel()
        self._cancel = CancelToken()
        self._worker.submit(partial(self._scan, self._extra, self._cancel))

    def rank(self, target: Path, regime: "Regime | None" = None) -> None:
        """Rank all drafts for `target`; the ranking of a former target is dropped.

        `regime`: where the target goes, once that is known.
        """
        self._target = target
        self._worker.submit(partial(self._rank, target, regime))

    def find_sources(self, target: Path) -> None:
        """Find out where drafts for `target` can come from."""
        self._worker.submit(partial(self._find_sources, target))

    def change(self, change: Callable[[Library], None]) -> None:
        """Change what is listed, then list again what was listed last."""
        self._worker.submit(partial(self._change, change))
        self.scan(self._extra)

    def shutdown(self, timeout: float) -> bool:
        """Drop what waits, and say whether the thread ended within `timeout` seconds."""
        self._target = None
        self._cancel.cancel()
        return self._worker.shutdown(timeout)

    def _scan(self, extra: tuple[Path, ...], cancel: CancelToken) -> None:
        try:
            models = self._library.models(self._progressed.emit, cancel)
        except Cancelled:
            return
        except OutriderError as error:
            self._failed.emit(error)
            models = []
        self._foldered.emit(self._library.folders())
        known = {model.path for model in models}
        models += [
            self._library.describe(path) for path in dict.fromkeys(extra) if path not in known
        ]
        self._found.emit(models)

    def _rank(self, target: Path, regime: "Regime | None") -> None:
        if target != self._target:
            return
        try:
            drafts = self._library.rank(target, regime)
        except OutriderError as error:
            self._failed.emit(error)
        else:
            self._ranked.emit(target, drafts)

    def _find_sources(self, target: Path) -> None:
        try:
            self._sourced.emit(target, self._library.sources(target))
        except OutriderError as error:
            self._failed.emit(error)

    def _change(self, change: Callable[[Library], None]) -> None:
        try:
            change(self._library)
        except OutriderError as error:
            self._failed.emit(error)

    def _pass_ranking_on(self, target: Path, drafts: "list[RankedDraft]") -> None:
        if target == self._target:
            self.ranked.emit(target, drafts)

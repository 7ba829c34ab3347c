"""Which pair is chosen, and how far its loading is."""

from enum import Enum, auto
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.engine_port import OpenRequest, Pair, SessionInfo
from desktop.engine_thread import EngineThread
from desktop.less_memory import with_less_memory
from desktop.settings import BUDGET, CONTEXT, DRAFT, MODE, TARGET, Settings
from engine.config import Mode, SelfDraft, SpeculationConfig
from engine.errors import DiskTrouble, OutriderError
from engine.events import LoadProgress
from engine.library.starter import STARTER

_SELF_DRAFT: Final = "its low-bit copy"
"""No path: those are stored whole."""


class Phase(Enum):
    """Where the engine stands."""

    EMPTY = auto()
    """Nothing is loaded and nothing is on its way; `error` may say why."""
    LOADING = auto()
    READY = auto()


class PairModel(QObject):
    """The chosen pair, remembered in the settings, and its state.

    Signals:
        changed: phase, progress, pair or speculation are others now
        load_requested: what the engine does now is about to be abandoned
        failed(OutriderError): a choice could not be saved
        load_failed(OutriderError): nothing is loaded: that failed, or the engine died
    """

    changed = Signal()
    load_requested = Signal()
    failed = Signal(object)
    load_failed = Signal(object)

    def __init__(
        self, engine: EngineThread, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._loading: OpenRequest | None = None
        """What was loaded last, or is on its way."""
        self.phase = Phase.EMPTY
        self.progress: LoadProgress | None = None
        self.info: SessionInfo | None = None
        self.error: OutriderError | None = None
        engine.load_progressed.connect(self._progressed)
        engine.loaded.connect(self._loaded)
        engine.load_failed.connect(self._load_failed)
        engine.load_stopped.connect(self._load_stopped)
        engine.use_failed.connect(self.failed)
        engine.died.connect(self._load_failed)

    @property
    def pair(self) -> Pair | None:
        """The person's choice; None is the starter pair."""
        target = self._settings.get(TARGET)
        return Pair(Path(target), _stored_draft(self._settings.get(DRAFT))) if target else None

    @property
    def target_label(self) -> str:
        """The target as it is shown, loaded or on its way."""
        if self.info:
            return self.info.target_name
        return self.pair.target.stem if self.pair else STARTER.name

    @property
    def draft_label(self) -> str:
        """The draft as it is shown; "" for none."""
        draft = self.pair.draft if self.pair else SelfDraft()
        if isinstance(draft, SelfDraft):
            return "its low-bit copy"
        return draft.stem if draft else ""

    @property
    def speculation(self) -> SpeculationConfig:
        """Mode and budget of the next turn."""
        mode = Mode(self._settings.get(MODE))
        return SpeculationConfig(mode=mode, budget=self._settings.get(BUDGET))

    def choose(self, pair: Pair) -> None:
        """Remember `pair` and load it."""
        self._remember(pair)
        self.load()

    def load(self) -> None:
        """Load the chosen pair in place of what is loaded."""
        self._open(
            OpenRequest(
                pair=self.pair,
                context_length=self._settings.get(CONTEXT),
                speculation=self.speculation,
            )
        )

    def load_again(self) -> None:
        """Load what was loaded last, or what could not be loaded."""
        if self._loading:
            self._open(self._loading)

    def load_with_less_memory(self) -> None:
        """Load the pair with less around it, this time only: the choices stay."""
        if self._loading:
            self._open(with_less_memory(self._loading))

    def stop_loading(self) -> None:
        """Ask the loading to stop."""
        self._engine.stop_load()

    def speculate(self, *, mode: Mode | None = None, budget: int | None = None) -> None:
        """Switch mode or budget from the next reply on, without loading again."""
        try:
            if mode is not None:
                self._settings.set(MODE, mode.value)
            if budget is not None:
                self._settings.set(BUDGET, budget)
        except DiskTrouble as error:
            self.failed.emit(error)
        self._engine.use(self.speculation)
        self.changed.emit()

    def _remember(self, pair: Pair) -> None:
        try:
            self._settings.set(TARGET, str(pair.target))
            self._settings.set(DRAFT, _stored_form(pair.draft))
        except DiskTrouble as error:
            self.failed.emit(error)

    def _open(self, request: OpenRequest) -> None:
        self.load_requested.emit()
        self._loading = request
        self._engine.open(request)
        self._show(Phase.LOADING)

    def _show(
        self, phase: Phase, info: SessionInfo | None = None, error: OutriderError | None = None
    ) -> None:
        self.phase, self.info, self.error = phase, info, error
        self.progress = None
        self.changed.emit()

    def _progressed(self, progress: LoadProgress) -> None:
        self.progress = progress
        self.changed.emit()

    def _loaded(self, info: SessionInfo) -> None:
        self._show(Phase.READY, info)

    def _load_failed(self, error: OutriderError) -> None:
        self._show(Phase.EMPTY, error=error)
        self.load_failed.emit(error)

    def _load_stopped(self) -> None:
        self._show(Phase.EMPTY)


def _stored_draft(text: str) -> Path | SelfDraft | None:
    if text == _SELF_DRAFT:
        return SelfDraft()
    return Path(text) if text else None


def _stored_form(draft: Path | SelfDraft | None) -> str:
    return _SELF_DRAFT if isinstance(draft, SelfDraft) else str(draft or "")

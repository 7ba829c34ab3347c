"""Which pair is chosen, and how far its loading is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum, auto
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from desktop import pair_words
from desktop.chosen_pair import ChosenPair
from desktop.engine_port import OpenRequest, Pair, SessionInfo
from desktop.engine_thread import EngineThread
from desktop.less_memory import with_less_memory
from desktop.profile_model import ProfileModel
from desktop.session_config import open_request
from desktop.setting import Setting
from desktop.settings import BUDGET, CONTEXT, EARLIER, KV_TYPE, MODE, PLACEMENT, Settings
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.errors import DiskTrouble, OutriderError
from engine.events import LoadProgress
from engine.library.profiles import Profile

_SPECULATION: Final = (MODE, BUDGET, EARLIER)
_FOLLOWED: Final = (*_SPECULATION, CONTEXT, KV_TYPE, PLACEMENT)
"""What counts from wherever it is set; target and draft are chosen here."""


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
        self,
        engine: EngineThread,
        settings: Settings,
        profiles: ProfileModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._settings = settings
        self._profiles = profiles
        self._chosen = ChosenPair(settings, profiles)
        self._loading: OpenRequest | None = None
        """What was loaded last, or is on its way."""
        self._is_aside = False
        self.phase = Phase.EMPTY
        self.progress: LoadProgress | None = None
        self.info: SessionInfo | None = None
        self.error: OutriderError | None = None
        self._is_storing = False
        engine.load_progressed.connect(self._progressed)
        engine.loaded.connect(self._loaded)
        engine.load_failed.connect(self._load_failed)
        engine.load_stopped.connect(self._load_stopped)
        engine.use_failed.connect(self.failed)
        engine.died.connect(self._load_failed)
        profiles.chosen.connect(self._use_profile)
        settings.changed.connect(self._follow)

    @property
    def pair(self) -> Pair | None:
        """The person's choice; None is the starter pair."""
        return self._chosen.pair

    @property
    def request(self) -> OpenRequest:
        """What `load` asks for: the person's choices."""
        return self._chosen.request

    @property
    def workers(self) -> tuple[str, ...]:
        """Addresses of the RPC workers that the person added."""
        return self._chosen.workers

    @property
    def sampling(self) -> SamplingConfig:
        """How replies are sampled where their conversation says nothing of its own."""
        return self._chosen.sampling

    @property
    def target_label(self) -> str:
        """The target as it is shown, loaded or on its way."""
        return self.info.target_name if self.info else pair_words.target_name(self._named)

    @property
    def draft_label(self) -> str:
        """Its draft as it is shown; "" for none."""
        return pair_words.draft_name(self._named)

    @property
    def speculation(self) -> SpeculationConfig:
        """Mode and budget of the next turn."""
        return self._chosen.speculation

    @property
    def waits_for_reload(self) -> bool:
        """Whether the choices ask for something else than what was loaded last."""
        last = self._loading
        if last is None:
            return False
        # Mode and budget count without loading.
        return replace(last.lasting, speculation=self.speculation) != self.request

    def choose(self, request: OpenRequest) -> None:
        """Remember what is asked for, but not that it is loaded anyway, and load it."""
        self._profiles.leave()
        self._remember(request)
        once = request.load_anyway, request.skip_missing_workers
        self._open(replace(self.request, load_anyway=once[0], skip_missing_workers=once[1]))

    def load(self, *, anyway: bool = False) -> None:
        """Load the chosen pair in place of what is loaded."""
        self._open(replace(self.request, load_anyway=anyway))

    def load_again(self) -> None:
        """Load what was loaded last, or what could not be loaded."""
        if self._loading:
            self._open(self._loading)

    def load_with_less_memory(self) -> None:
        """Load the pair with less around it, this time only: the choices stay."""
        if self._loading:
            self._open(with_less_memory(self._loading))

    @property
    def loaded(self) -> OpenRequest | None:
        """What is loaded, with the mode of the next turn; None where nothing is."""
        return self.loaded_or_coming if self.phase is Phase.READY else None

    @property
    def loaded_or_coming(self) -> OpenRequest | None:
        """The same, or what is being loaded."""
        if self._loading is None or self.phase is Phase.EMPTY:
            return None
        return replace(self._loading, speculation=self.speculation)

    def load_for_now(self, request: OpenRequest) -> None:
        """Have this loaded, this time only: the choices stay. What is loaded stays so."""
        loaded = self.loaded
        if loaded and replace(loaded, speculation=request.speculation) == request:
            self._engine.use(request.speculation)
            self.changed.emit()
        else:
            self._open(request)

    def set_aside(self) -> None:
        """Nothing is loaded for a while: something else takes the memory. See `take_back`."""
        self.load_requested.emit()
        self._is_aside = True
        self._show(Phase.LOADING)

    def take_back(self) -> None:
        """Load again what was set aside, unless something else was asked for since."""
        if self._is_aside and self._loading:
            self._open(self._loading)
        elif self._is_aside:
            self._is_aside = False
            self._show(Phase.EMPTY)

    def load_without_missing_workers(self) -> None:
        """Load with those RPC workers that answer, this time only: the others stay listed."""
        if self._loading:
            self._open(replace(self._loading, skip_missing_workers=True))

    def stop_loading(self) -> None:
        """Ask the loading to stop."""
        self._engine.stop_load()

    def speculate(self, *, mode: Mode | None = None, budget: int | None = None) -> None:
        """Switch mode or budget from the next reply on, without loading again."""
        with self._storing():
            if mode is not None:
                self._settings.set(MODE, mode.value)
            if budget is not None:
                self._settings.set(BUDGET, budget)
        self._engine.use(self.speculation)
        self.changed.emit()

    @property
    def _named(self) -> Pair | None:
        """What was loaded last or is on its way, which may not be what is chosen."""
        return self._loading.pair if self._loading else self.pair

    def _follow(self, setting: Setting[Any]) -> None:
        """The person chose otherwise, wherever: in a menu, in the settings."""
        if self._is_storing or setting not in _FOLLOWED:
            return
        if setting in _SPECULATION:
            self._engine.use(self.speculation)
        else:
            self._profiles.leave()
        self.changed.emit()

    def _use_profile(self, profile: Profile) -> None:
        """Load it unless only its sampling is another one than now."""
        self._remember(open_request(profile.session))
        last = self._loading and self._loading.lasting
        if last != self.request or self.phase is Phase.EMPTY:
            self.load(anyway=profile.session.load_anyway)
        self.changed.emit()

    def _remember(self, request: OpenRequest) -> None:
        with self._storing():
            self._chosen.remember(request)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Several settings are stored for one choice, which is told of once, by whoever chose."""
        self._is_storing = True
        try:
            yield
        except DiskTrouble as error:
            self.failed.emit(error)
        finally:
            self._is_storing = False

    def _open(self, request: OpenRequest) -> None:
        self.load_requested.emit()
        self._loading = request
        self._is_aside = False
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

"""What the person chose, in the settings and the profile in use: as a request, and back."""

from pathlib import Path
from typing import Final

from desktop.engine_port import OpenRequest, Pair
from desktop.profile_model import ProfileModel
from desktop.rpc_workers import read_endpoints
from desktop.session_config import open_request
from desktop.settings import (
    BUDGET,
    CONTEXT,
    DRAFT,
    EARLIER,
    KV_TYPE,
    MODE,
    PLACEMENT,
    TARGET,
    WORKERS,
    PlacementChoice,
    Settings,
)
from desktop.stored_pair import stored_draft, stored_pair
from engine.config import KvType, Mode, Placement, SamplingConfig, SpeculationConfig

MEMORY_ONLY: Final = Placement(devices=())


class ChosenPair:
    """A pair, where it goes, and how it speculates and samples."""

    def __init__(self, settings: Settings, profiles: ProfileModel) -> None:
        self._settings = settings
        self._profiles = profiles

    @property
    def pair(self) -> Pair | None:
        """None is the starter pair."""
        target = self._settings.get(TARGET)
        return stored_pair(Path(target), self._settings.get(DRAFT)) if target else None

    @property
    def request(self) -> OpenRequest:
        """What is to be loaded."""
        profile = self._profiles.active
        if profile is not None:
            placed = open_request(profile.session)
            where, draft_where, workers = placed.placement, placed.draft_placement, placed.workers
        else:
            on_memory = self._settings.get(PLACEMENT) == PlacementChoice.MEMORY
            where = draft_where = MEMORY_ONLY if on_memory else Placement()
            workers = self.workers
        return OpenRequest(
            pair=self.pair,
            context_length=self._settings.get(CONTEXT),
            speculation=self.speculation,
            kv_type=KvType(self._settings.get(KV_TYPE)),
            placement=where,
            draft_placement=draft_where,
            workers=workers,
        )

    @property
    def workers(self) -> tuple[str, ...]:
        """Addresses of the RPC workers that the person added."""
        return read_endpoints(self._settings.get(WORKERS))

    @property
    def sampling(self) -> SamplingConfig:
        """How replies are sampled where their conversation says nothing of its own."""
        profile = self._profiles.active
        return profile.sampling if profile else SamplingConfig()

    @property
    def speculation(self) -> SpeculationConfig:
        """Mode and budget of the next turn."""
        mode = Mode(self._settings.get(MODE))
        suggestions = self.pair is None or self.pair.suggestions
        return SpeculationConfig(
            mode=mode,
            budget=self._settings.get(BUDGET),
            suggestions=suggestions,
            earlier=self._settings.get(EARLIER),
        )

    def remember(self, request: OpenRequest) -> None:
        """Store what is asked for. Raises `DiskTrouble`."""
        on_memory = request.placement == MEMORY_ONLY
        choice = PlacementChoice.MEMORY if on_memory else PlacementChoice.AUTOMATIC
        if request.pair:
            self._settings.set(TARGET, str(request.pair.target))
            self._settings.set(DRAFT, stored_draft(request.pair))
        self._settings.set(CONTEXT, request.context_length)
        self._settings.set(KV_TYPE, request.kv_type.value)
        self._settings.set(PLACEMENT, choice.value)
        self._settings.set(MODE, request.speculation.mode.value)
        self._settings.set(BUDGET, request.speculation.budget)

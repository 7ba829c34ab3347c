"""What the window needs of the engine. `engine.session` has it, and so do the tests' fakes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.cancel import CancelToken
from engine.config import KvType, Placement, SamplingConfig, SelfDraft, SpeculationConfig
from engine.events import ChatMessage, Event, LoadProgress
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import MemoryPlan

if TYPE_CHECKING:
    from engine.tested_pairs import PairTest, PairTestProgress


@dataclass(frozen=True)
class Pair:
    """The models the person chose. `draft` None: without one."""

    target: Path
    draft: Path | SelfDraft | None
    suggestions: bool = True
    """Also guess from where the text repeats itself; without that and a draft it is plain."""


@dataclass(frozen=True, kw_only=True)
class OpenRequest:
    """What to load. `pair` None is the starter model with its own low-bit copy as draft."""

    pair: Pair | None
    context_length: int
    speculation: SpeculationConfig
    kv_type: KvType = KvType.F16
    placement: Placement = field(default_factory=Placement)
    """Where the target goes."""
    draft_placement: Placement = field(default_factory=Placement)
    load_anyway: bool = False
    """Load although the memory plan says that there is too little memory."""
    workers: tuple[str, ...] = ()
    """Addresses of RPC workers whose devices may be used."""
    skip_missing_workers: bool = False
    """Load without those that do not answer."""

    @property
    def lasting(self) -> "OpenRequest":
        """The same without what is asked for one load only."""
        return replace(self, load_anyway=False, skip_missing_workers=False)


class SessionInfo(Protocol):
    """What is loaded."""

    @property
    def target_name(self) -> str:
        """The target as it is shown."""

    @property
    def draft_name(self) -> str | None:
        """The draft as it is shown; None: plain only."""

    @property
    def context_length(self) -> int:
        """Tokens of conversation the target sees."""

    @property
    def held(self) -> Held:
        """What closing the session gives back."""

    @property
    def plan(self) -> str:
        """Where everything went, in a sentence."""


class EngineSession(Protocol):
    """The part of `engine.session.Session` that the window uses."""

    @property
    def info(self) -> SessionInfo:
        """What is loaded."""

    def use(self, speculation: SpeculationConfig) -> None:
        """Switch mode or budget from the next turn on."""

    def learn_earlier(self, texts: Sequence[str]) -> None:
        """Guess from these too, oldest first, instead of what was said in other conversations."""

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int,
        temporary: bool = False,
    ) -> Iterator[Event]:
        """Answer; the last event is `TurnFinished`, also when cancelled. Raises `OutriderError`.

        Nothing of a `temporary` conversation is left on the disk.
        """

    def when_over(self, tell: Callable[[], None]) -> None:
        """Call `tell`, from another thread, as soon as the engine has ended, also by `close`."""

    def require_alive(self) -> None:
        """Raise `EngineDied` if it has ended. Not while a turn is under way."""

    def close(self) -> None:
        """Free everything native."""


class Opener(Protocol):
    """Opens a session, slowly, in the engine's thread."""

    def __call__(
        self,
        request: OpenRequest,
        *,
        progress: Callable[[LoadProgress], None],
        cancel: CancelToken,
    ) -> EngineSession:
        """Raises `OutriderError` or `Cancelled`."""


class Planner(Protocol):
    """Says where a pair would go, slowly; called in the planning thread only."""

    def plan(self, request: OpenRequest, held: Held, cancel: CancelToken) -> MemoryPlan:
        """On this machine, once what a session holds is free.

        Raises `OutriderError`, `Cancelled`.
        """

    def close(self) -> None:
        """Free what planning needs; a later plan makes it again."""


class PairTester(Protocol):
    """Tries a pair for a minute, and knows what earlier tests found."""

    def test(
        self,
        request: OpenRequest,
        sampling: SamplingConfig,
        progress: Callable[["LoadProgress | PairTestProgress"], None],
        cancel: CancelToken,
    ) -> "PairTest":
        """Load it, test it, free it; called in the engine's thread, with nothing loaded.

        Raises `OutriderError`, `Cancelled`.
        """

    def recall(self, request: OpenRequest) -> "PairTest | None":
        """What the last test of the pair found. Raises `OutriderError`."""

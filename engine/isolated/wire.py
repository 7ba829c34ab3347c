"""What the two processes say to each other: frozen values, each a line of JSON.

JSON and not pickle: a hostile model file runs in the engine's process, and must not be able to run
anything in the other one by what it says.
"""

import json
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from cattrs import Converter
from cattrs.strategies import configure_tagged_union

from engine import errors
from engine.config import (
    ModelConfig,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import OutriderError
from engine.events import (
    ChatMessage,
    ContextTrimmed,
    LoadProgress,
    PromptProgress,
    RoundFinished,
    TextDelta,
    TreeDrawn,
    TurnFinished,
)
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import MemoryPlan
from engine.own_devices import OwnDevices
from engine.session_info import Costs, SessionInfo

_KINDS: Final = {
    kind.__name__: kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, OutriderError)
    and kind.__init__ is OutriderError.__init__
}
_LARGEST_INT: Final = 1 << 64
"""Seeds are this large; no view has to cope with more digits."""

# Requests, to the engine's process.


@dataclass(frozen=True)
class Open:
    """Load a pair; answered by `LoadProgress` and then `Opened`, `Stopped` or `Failed`."""

    config: SessionConfig


@dataclass(frozen=True)
class Turn:
    """Answer the last message; answered by events up to `TurnFinished`, or `Failed`."""

    turn_id: int
    messages: tuple[ChatMessage, ...]
    sampling: SamplingConfig
    temporary: bool
    """Nothing of the conversation may be left on the disk."""


@dataclass(frozen=True)
class Use:
    """Switch mode or budget; answered by `Done` or `Failed`."""

    speculation: SpeculationConfig


@dataclass(frozen=True)
class LearnEarlier:
    """Texts that guesses may come from, oldest first; answered by `Done` or `Failed`."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Forget:
    """Empty the KV caches; answered by `Done` or `Failed`."""


@dataclass(frozen=True)
class ReadCosts:
    """Answered by `Costs`."""


@dataclass(frozen=True)
class PlanPair:
    """Say where a pair would go once what a session holds is free.

    Answered by `Planned`, `Stopped` or `Failed`; needs no session.
    """

    config: SessionConfig
    held: Held


@dataclass(frozen=True)
class ReadDevices:
    """Say what this computer computes with; answered by `OwnDevices`, needs no session."""


@dataclass(frozen=True)
class Cancel:
    """Stop what is under way; has no answer of its own."""


@dataclass(frozen=True)
class Ping:
    """Answered by `Pong` at once, also while a pass runs: so the slow are told from the stuck."""


@dataclass(frozen=True)
class Close:
    """Keep what was learnt, free everything, end; answered by `Done`."""


Request: TypeAlias = (
    Open
    | Turn
    | Use
    | LearnEarlier
    | Forget
    | ReadCosts
    | PlanPair
    | ReadDevices
    | Cancel
    | Ping
    | Close
)

# Replies, from the engine's process.


@dataclass(frozen=True)
class Opened:
    """The pair is loaded."""

    info: SessionInfo


@dataclass(frozen=True)
class Planned:
    """Where the pair would go."""

    plan: MemoryPlan


@dataclass(frozen=True)
class Done:
    """The request was carried out."""


@dataclass(frozen=True)
class Stopped:
    """The loading, or the planning, was cancelled."""


@dataclass(frozen=True)
class Pong:
    """The process is alive."""


@dataclass(frozen=True)
class Failed:
    """An `OutriderError` by the name of its class, which is made again on the other side."""

    kind: str
    message: str
    hint: str
    detail: str

    @classmethod
    def of(cls, error: OutriderError) -> "Failed":
        """The error in words that can travel."""
        return cls(type(error).__name__, error.message, error.hint, error.detail)

    def error(self) -> OutriderError:
        """The error again; of the base class where words alone do not make one of its kind."""
        kind = _KINDS.get(self.kind, OutriderError)
        return kind(self.message, hint=self.hint, detail=self.detail)


Reply: TypeAlias = (
    Opened
    | Planned
    | OwnDevices
    | Done
    | Stopped
    | Pong
    | Failed
    | Costs
    | LoadProgress
    | PromptProgress
    | ContextTrimmed
    | TextDelta
    | TreeDrawn
    | RoundFinished
    | TurnFinished
)


class WireError(ValueError):
    """A line that is none of ours."""


def encode(value: Request | Reply) -> bytes:
    """One line, with its end."""
    union = Request if isinstance(value, Request) else Reply
    words = _converter.unstructure(value, unstructure_as=union)
    return json.dumps(words, separators=(",", ":"), default=_plain).encode() + b"\n"


def decode_request(line: bytes) -> Request:
    """Raises `WireError`."""
    request: Request = _decode(line, Request)
    return request


def decode_reply(line: bytes) -> Reply:
    """Raises `WireError`."""
    reply: Reply = _decode(line, Reply)
    return reply


def _decode(line: bytes, union: Any) -> Any:  # noqa: ANN401 - typed by both callers
    try:
        return _converter.structure(json.loads(line), union)
    except Exception as error:  # whatever is wrong with it, it is none of ours
        raise WireError(f"no message: {line[:200]!r}") from error


def _plain(value: Any) -> Any:  # noqa: ANN401 - numpy's scalars have `item`
    return value.item()


def _make_converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook(Path, str)
    converter.register_structure_hook(Path, lambda text, _: Path(_text(text)))
    # cattrs turns anything into these by itself. Enums of texts come here too, as their `kind`.
    converter.register_structure_hook(str, lambda text, kind: kind(_text(text)))
    converter.register_structure_hook(float, lambda number, _: _finite(number))
    converter.register_structure_hook(int, lambda number, _: _whole(number))
    converter.register_structure_hook(bool, lambda word, _: _truth(word))
    draft = ModelConfig | SelfDraft | None
    converter.register_structure_hook(draft, partial(_structure_draft, converter))
    for union in (Request, Reply):
        configure_tagged_union(union, converter)
    return converter


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    # JSON can hold halves of characters, which nothing can write to a file or the screen.
    return value.encode("utf-8", errors="replace").decode()


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("no finite number")
    return float(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_INT:
        raise TypeError("no whole number")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _structure_draft(
    converter: Converter, words: dict[str, object] | None, _kind: object
) -> ModelConfig | SelfDraft | None:
    if words is None:
        return None
    if "path" in words:
        return converter.structure(words, ModelConfig)
    return converter.structure(words, SelfDraft)


_converter: Final = _make_converter()

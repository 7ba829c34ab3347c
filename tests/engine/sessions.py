"""Turns of a real session with what its sampler saw, and what "equal up to near-ties" means."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from engine.cancel import CancelToken
from engine.config import (
    Mode,
    ModelConfig,
    Placement,
    SamplingConfig,
    SessionConfig,
    SpeculationConfig,
)
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    Role,
    RoundFinished,
    TextDelta,
    TurnFinished,
    TurnStats,
)
from engine.ports import FloatRows
from engine.sample import Sampler
from engine.session import Session
from engine.top_k import top_indices

NEAR_TIE: Final = 0.5
"""Logits this close may swap places when the same row is computed in a batch of another shape."""
CPU: Final = Placement(devices=())


@dataclass(frozen=True)
class Choice:
    """One greedy choice: the token, the one it beat, and by how much."""

    token: int
    runner_up: int
    gap: float


@dataclass(frozen=True)
class Answer:
    """A whole turn."""

    text: str
    choices: tuple[Choice, ...]
    events: tuple[Event, ...]
    finish: FinishReason
    stats: TurnStats

    @property
    def tokens(self) -> list[int]:
        return [choice.token for choice in self.choices]

    @property
    def nodes(self) -> list[int]:
        """Nodes of each round's tree."""
        return [event.stats.nodes for event in self.events if isinstance(event, RoundFinished)]


def pair_config(
    target: Path,
    draft: Path | None,
    *,
    mode: Mode = Mode.TREE,
    budget: int = 16,
    context: int = 1024,
    target_on: Placement = CPU,
    draft_on: Placement = CPU,
) -> SessionConfig:
    """One thread: ggml's threads wait for each other spinning, which a busy machine punishes."""
    return SessionConfig(
        target=ModelConfig(path=target, placement=target_on),
        draft=ModelConfig(path=draft, placement=draft_on) if draft else None,
        context_length=context,
        threads=1,
        speculation=SpeculationConfig(mode=mode, budget=budget),
    )


def greedy(max_tokens: int, stop: tuple[str, ...] = ()) -> SamplingConfig:
    """The sampler whose replies can be compared."""
    return SamplingConfig(temperature=0, max_tokens=max_tokens, stop=stop)


def user(content: str) -> ChatMessage:
    return ChatMessage(Role.USER, content)


def assistant(content: str) -> ChatMessage:
    return ChatMessage(Role.ASSISTANT, content)


@contextmanager
def recorded_choices() -> Iterator[list[Choice]]:
    """Collects what every sampler chooses, and how clearly."""
    choices: list[Choice] = []
    original = Sampler.sample

    def sample(self: Sampler, logits: FloatRows) -> int:
        first, second = top_indices(logits, 2).tolist()
        token = original(self, logits)
        other = second if token == first else first
        choices.append(Choice(token, other, float(logits[first] - logits[second])))
        return token

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sampler, "sample", sample)
        yield choices


def ask(
    session: Session,
    messages: Sequence[ChatMessage],
    sampling: SamplingConfig,
    *,
    cancel: CancelToken | None = None,
    turn_id: int = 0,
    temporary: bool = False,
) -> Answer:
    """Take a whole turn."""
    with recorded_choices() as choices:
        cancel = cancel or CancelToken()
        turn = session.turn(messages, sampling, cancel, turn_id=turn_id, temporary=temporary)
        events = tuple(turn)
    last = events[-1]
    assert isinstance(last, TurnFinished)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    return Answer(text, tuple(choices), events, last.finish, last.stats)


def assert_same_up_to_near_ties(
    plain: Sequence[Choice], other: Sequence[Choice], *, near_tie: float = NEAR_TIE
) -> int:
    """Fail where the two part although the choice was clear; returns how many tokens they share."""
    for place, (expected, found) in enumerate(zip(plain, other, strict=False)):
        if expected.token == found.token:
            continue
        where = f"token {place}: {expected} against {found}"
        assert expected.gap < near_tie, where
        assert found.gap < near_tie, where
        # Of three that are close, each row may have another pair in front.
        assert {expected.token, expected.runner_up} & {found.token, found.runner_up}, where
        return place
    assert len(plain) == len(other)
    return len(plain)

"""A session that says what the test wrote for it."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Self

import pytest

from engine.cancel import CancelToken
from engine.config import SamplingConfig
from engine.errors import OutriderError
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    TextDelta,
    TurnFinished,
    TurnStats,
)
from engine.session import Session
from engine.session_info import SessionInfo

STATS = TurnStats(
    tokens=6,
    target_passes=2,
    prompt_tokens=30,
    prompt_tokens_reused=0,
    prompt_seconds=0.5,
    first_token_seconds=0.75,
    draft_seconds=1.0,
    target_seconds=1.0,
    other_seconds=0.0,
    mode="tree",
    reason="chosen in the settings",
    plain_tokens_per_second=2.0,
)


@dataclass
class ScriptedSession:
    """Gives each turn the next of its replies: texts, other events, or an error."""

    replies: list[list[str | Event] | OutriderError]
    finish: FinishReason = FinishReason.END
    asked: list[list[ChatMessage]] = field(default_factory=list)
    closed: bool = False
    info: SessionInfo = field(default_factory=lambda: SessionInfo("Big", "Small", 4096))

    def turn(
        self, messages: Sequence[ChatMessage], sampling: SamplingConfig, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        self.asked.append(list(messages))
        reply = self.replies.pop(0)
        if isinstance(reply, OutriderError):
            raise reply
        for part in reply:
            yield TextDelta(0, part) if isinstance(part, str) else part
        yield TurnFinished(0, self.finish, STATS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True


Scripted = Callable[..., ScriptedSession]


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Makes `Session.open` give a scripted session."""

    def script(
        *replies: list[str | Event] | OutriderError, finish: FinishReason = FinishReason.END
    ) -> ScriptedSession:
        session = ScriptedSession(list(replies), finish)
        monkeypatch.setattr(Session, "open", lambda *_args, **_options: session)
        return session

    return script

"""`Session` in a process of its own: the same calls, the same events, and no native code here."""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from engine.cancel import CancelToken
from engine.config import ModelConfig, SamplingConfig, SessionConfig, SpeculationConfig
from engine.errors import Cancelled, EngineDied
from engine.events import (
    ChatMessage,
    ContextTrimmed,
    Event,
    LoadProgress,
    PromptProgress,
    RoundFinished,
    TextDelta,
    TurnFinished,
)
from engine.isolated import wire
from engine.isolated.process import EngineProcess
from engine.session_info import Costs, SessionInfo

_POLL_SECONDS: Final = 0.02
"""How soon a stop is passed on."""
_ANSWER_SECONDS: Final = 2.0
"""A process that does not answer a ping for so long hangs."""
_CLOSE_SECONDS: Final = 10.0
"""To keep what was learnt and free the weights."""

ReplyT = TypeVar("ReplyT")


class IsolatedSession:
    """See `engine.session.Session`; methods also raise `EngineDied`.

    After that the session is of no use but to be closed.
    """

    def __init__(self, process: EngineProcess, info: SessionInfo) -> None:
        self._process = process
        self.info = info

    @classmethod
    def open(
        cls,
        config: SessionConfig,
        *,
        progress: Callable[[LoadProgress], None] = lambda _progress: None,
        cancel: CancelToken | None = None,
    ) -> Self:
        """Load the pair in a new process. Raises `OutriderError`, or `Cancelled`."""
        process = EngineProcess()

        def report(reply: wire.Reply) -> None:
            if isinstance(reply, LoadProgress):
                progress(reply)

        try:
            request = wire.Open(_with_whole_paths(config))
            opened = _ask(process, request, wire.Opened, cancel or CancelToken(), report)
        except BaseException:
            process.close()
            raise
        return cls(process, opened.info)

    @property
    def process_id(self) -> int:
        """The number of the engine's process."""
        return self._process.pid

    @property
    def costs(self) -> Costs:
        """See `Session`."""
        return _ask(self._process, wire.ReadCosts(), Costs, CancelToken())

    def use(self, speculation: SpeculationConfig) -> None:
        """See `Session`."""
        _ask(self._process, wire.Use(speculation), wire.Done, CancelToken())

    def forget(self) -> None:
        """See `Session`."""
        _ask(self._process, wire.Forget(), wire.Done, CancelToken())

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int = 0,
    ) -> Generator[Event, None, None]:
        """See `Session`. Closing the generator stops the reply and waits for its end."""
        self._process.send(wire.Turn(turn_id, tuple(messages), sampling))
        replies = _replies(self._process, cancel)
        try:
            yield from _events(replies)
        except GeneratorExit:
            cancel.cancel()
            for _ in _events(replies):
                pass
            raise

    def close(self) -> None:
        """Keep what was learnt for the next start, and free everything."""
        try:
            self._process.send(wire.Close())
            self._wait(wire.Done, time.monotonic() + _CLOSE_SECONDS)
        except EngineDied:
            pass  # it is gone already, which is all that is wanted here
        finally:
            self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def _wait(self, kind: type, until: float) -> None:
        while time.monotonic() < until:
            if isinstance(self._process.receive(_POLL_SECONDS), kind):
                return


def _ask(
    process: EngineProcess,
    request: wire.Request,
    kind: type[ReplyT],
    cancel: CancelToken,
    between: Callable[[wire.Reply], None] = lambda _reply: None,
) -> ReplyT:
    """Send a request and wait for its answer of this kind; `between` gets what comes before."""
    process.send(request)
    for reply in _replies(process, cancel):
        if isinstance(reply, kind):
            return reply
        between(reply)
    raise process.why_dead()


def _events(replies: Generator[wire.Reply, None, None]) -> Generator[Event, None, None]:
    """The events among `replies`, up to the turn's last one."""
    for reply in replies:
        match reply:
            case PromptProgress() | ContextTrimmed() | TextDelta() | RoundFinished():
                yield reply
            case TurnFinished():
                yield reply
                return


def _replies(process: EngineProcess, cancel: CancelToken) -> Generator[wire.Reply, None, None]:
    """Replies as they come; a cancel is passed on. Raises `EngineDied`, and what `Failed` holds.

    A process that hangs is ended: it does not answer a ping, which no running pass prevents.
    """
    asked: float | None = None
    cancelled = False
    while True:
        if cancel.cancelled and not cancelled:
            cancelled, asked = True, time.monotonic()
            process.send(wire.Cancel())
            process.send(wire.Ping())
        match process.receive(_POLL_SECONDS):
            case None:
                if asked is not None and time.monotonic() - asked > _ANSWER_SECONDS:
                    process.kill()
                    raise EngineDied(
                        "The engine did not answer any more and was ended.",
                        hint="Load the model again.",
                    )
            case wire.Pong():
                asked = None
            case wire.Failed() as failed:
                raise failed.error()
            case wire.Stopped():
                raise Cancelled
            case reply:
                yield reply


def _with_whole_paths(config: SessionConfig) -> SessionConfig:
    """The engine's process may stand in another folder."""
    draft = config.draft
    if isinstance(draft, ModelConfig):
        draft = replace(draft, path=_whole(draft.path))
    target = replace(config.target, path=_whole(config.target.path))
    return replace(config, target=target, draft=draft)


def _whole(path: Path) -> Path:
    return path.absolute()

"""`Session` in a process of its own: the same calls, the same events, and no native code here."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from engine.cancel import CancelToken
from engine.config import SamplingConfig, SessionConfig, SpeculationConfig
from engine.errors import OutriderError
from engine.events import (
    ChatMessage,
    ContextTrimmed,
    Event,
    LoadProgress,
    PromptProgress,
    RoundFinished,
    TextDelta,
    TreeDrawn,
    TurnFinished,
)
from engine.isolated import wire
from engine.isolated.asking import ask, ask_briefly, replies_of, with_whole_paths
from engine.isolated.process import EngineProcess
from engine.session_info import Costs, SessionInfo

_CLOSE_SECONDS: Final = 10.0
"""To keep what was learnt and free the weights."""


class IsolatedSession:
    """See `engine.session.Session`; methods also raise `EngineDied`.

    After that the session is of no use but to be closed. A process that hangs while somebody waits
    for it is ended, too.
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
        process = EngineProcess(config.rpc_endpoints)

        def report(reply: wire.Reply) -> None:
            if isinstance(reply, LoadProgress):
                progress(reply)

        try:
            request = wire.Open(with_whole_paths(config))
            cancel = cancel or CancelToken()
            opened = ask(process, request, wire.Opened, cancel, report)
            cancel.check()  # the process may have been done before it heard of it
        except BaseException:
            process.close()
            raise
        return cls(process, opened.info)

    @property
    def process_id(self) -> int:
        """The number of the engine's process."""
        return self._process.pid

    def when_over(self, tell: Callable[[], None]) -> None:
        """Call `tell`, from another thread, as soon as the process has ended, also by `close`."""
        self._process.when_over(tell)

    def require_alive(self) -> None:
        """Raise `EngineDied` if the process has ended. Not while a turn is under way."""
        while self._process.receive(0) is not None:
            pass

    @property
    def costs(self) -> Costs:
        """See `Session`."""
        return ask_briefly(self._process, wire.ReadCosts(), Costs)

    def use(self, speculation: SpeculationConfig) -> None:
        """See `Session`."""
        ask_briefly(self._process, wire.Use(speculation), wire.Done)

    def learn_earlier(self, texts: Sequence[str]) -> None:
        """See `Session`."""
        ask_briefly(self._process, wire.LearnEarlier(tuple(texts)), wire.Done)

    def forget(self) -> None:
        """See `Session`."""
        ask_briefly(self._process, wire.Forget(), wire.Done)

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int = 0,
        temporary: bool = False,
    ) -> Generator[Event, None, None]:
        """See `Session`. Closing the generator stops the reply and waits for its end."""
        self._process.send(wire.Turn(turn_id, tuple(messages), sampling, temporary))
        replies = replies_of(self._process, cancel)
        try:
            yield from _events(replies)
        except GeneratorExit:
            cancel.cancel()
            with suppress(OutriderError):  # the next call says so
                deque(_events(replies), maxlen=0)
            raise

    def close(self) -> None:
        """Keep what was learnt for the next start, and free everything."""
        try:
            with suppress(OutriderError):  # in whatever state it is, it is closed now
                ask_briefly(self._process, wire.Close(), wire.Done, end_seconds=_CLOSE_SECONDS)
        finally:
            self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()


def _events(replies: Generator[wire.Reply, None, None]) -> Generator[Event, None, None]:
    """The events among `replies`, up to the turn's last one."""
    for reply in replies:
        match reply:
            case PromptProgress() | ContextTrimmed() | TextDelta() | TreeDrawn() | RoundFinished():
                yield reply
            case TurnFinished():
                yield reply
                return

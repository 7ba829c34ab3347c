"""Questions to the engine's process: an answer or an error, and stops that get through."""

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from engine.cancel import CancelToken
from engine.config import ModelConfig, SessionConfig
from engine.errors import Cancelled
from engine.isolated import wire
from engine.isolated.hang_watch import HangWatch
from engine.isolated.process import EngineProcess

_POLL_SECONDS: Final = 0.02
"""How soon a stop is passed on."""
_STOP_SECONDS: Final = 120.0
"""From a stop to its end: the longest pass that anybody waits for."""
_PATIENCE_SECONDS: Final = 20.0
"""Of silence: a machine that swaps may come back."""
_LOAD_PATIENCE_SECONDS: Final = 120.0
"""Of silence while it starts: a scanner of viruses may read all libraries first."""

ReplyT = TypeVar("ReplyT")


def ask(
    process: EngineProcess,
    request: wire.Request,
    kind: type[ReplyT],
    cancel: CancelToken,
    between: Callable[[wire.Reply], None] = lambda _reply: None,
) -> ReplyT:
    """Send a request and wait for its answer of this kind; `between` gets what comes before."""
    process.send(request)
    watch = HangWatch(process, _LOAD_PATIENCE_SECONDS)
    return _first(kind, replies_of(process, cancel, watch), between)


def ask_briefly(
    process: EngineProcess,
    request: wire.Request,
    kind: type[ReplyT],
    *,
    end_seconds: float = math.inf,
) -> ReplyT:
    """As `ask`, for what nobody can cancel: a process that hangs does not keep it waiting."""
    process.send(request)
    watch = HangWatch(process, _PATIENCE_SECONDS)
    watch.hurry(end_seconds)
    return _first(kind, replies_of(process, CancelToken(), watch))


def replies_of(
    process: EngineProcess, cancel: CancelToken, watch: HangWatch | None = None
) -> Generator[wire.Reply, None, None]:
    """Replies as they come; a cancel is passed on. Raises `EngineDied`, and what `Failed` holds.

    A process that hangs is ended: after a while, and soon where it is to stop.
    """
    watch = watch or HangWatch(process, _PATIENCE_SECONDS)
    cancelled = False
    while True:
        if cancel.cancelled and not cancelled:
            cancelled = True
            process.send(wire.Cancel())
            watch.hurry(_STOP_SECONDS)
        watch.check()
        reply = process.receive(_POLL_SECONDS)
        if reply is not None:
            watch.heard()
        match reply:
            case None | wire.Pong():
                pass
            case wire.Failed() as failed:
                raise failed.error()
            case wire.Stopped():
                raise Cancelled
            case _:
                yield reply


def with_whole_paths(config: SessionConfig) -> SessionConfig:
    """The engine's process may stand in another folder."""
    draft = config.draft
    if isinstance(draft, ModelConfig):
        draft = replace(draft, path=draft.path.absolute())
    target = replace(config.target, path=config.target.path.absolute())
    helper = config.helper and replace(config.helper, path=config.helper.path.absolute())
    return replace(config, target=target, draft=draft, helper=helper)


def _first(
    kind: type[ReplyT],
    replies: Iterator[wire.Reply],
    between: Callable[[wire.Reply], None] = lambda _reply: None,
) -> ReplyT:
    for reply in replies:
        if isinstance(reply, kind):
            return reply
        between(reply)
    raise AssertionError("replies do not end by themselves")

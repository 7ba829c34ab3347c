"""Tells an engine's process that is slow from one that hangs, and ends the latter."""

import math
import time
from collections.abc import Callable
from typing import Final

from engine.errors import EngineDied
from engine.isolated import wire
from engine.isolated.process import EngineProcess
from engine.language import tr

_PING_SECONDS: Final = 0.5
_URGENT_SECONDS: Final = 2.0
"""Of silence, once somebody wants it to stop. No running pass keeps it from answering a ping."""
_LONGEST_STEP: Final = 0.25
"""Between two looks. What is above it is no silence: we were asleep ourselves, with the machine."""


class HangWatch:
    """Pings a process that somebody waits for, and ends it where it does not answer.

    A thread of the process answers pings, so one whose native call never returns answers too.
    """

    def __init__(
        self,
        process: EngineProcess,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._process = process
        self._patience = patience
        self._clock = clock
        self._looked = clock()
        self._silence = 0.0
        self._since_ping = math.inf
        self._left = math.inf

    def hurry(self, end_seconds: float) -> None:
        """From now on it has little time to answer, and so many seconds to end what it does."""
        self._patience = _URGENT_SECONDS
        self._silence = 0.0
        self._left = end_seconds

    def heard(self) -> None:
        """The process said something."""
        self._silence = 0.0

    def check(self) -> None:
        """Raise `EngineDied` if it hangs; it is ended then."""
        step = self._step()
        self._silence += step
        self._left -= step
        self._since_ping += step
        if self._silence > self._patience or self._left < 0:
            hangs = EngineDied(
                tr("The engine did not answer any more and was ended."),
                hint=tr("Load the model again."),
            )
            self._process.end(hangs)
            raise hangs
        if self._since_ping > _PING_SECONDS:
            self._since_ping = 0.0
            self._process.send(wire.Ping())

    def _step(self) -> float:
        before, self._looked = self._looked, self._clock()
        return min(self._looked - before, _LONGEST_STEP)

"""Tells an engine's process that is slow from one that hangs, and ends the latter."""

import time
from typing import Final

from engine.errors import EngineDied
from engine.isolated import wire
from engine.isolated.process import EngineProcess

_PING_SECONDS: Final = 0.5
_ANSWER_SECONDS: Final = 2.0
"""No running pass keeps the process from answering a ping: one that does not for so long hangs."""


class HangWatch:
    """Pings a process once somebody waits for it; at most `end_seconds`, whatever it answers.

    A thread of the process answers pings, so one whose native call never returns answers too.
    """

    def __init__(self, process: EngineProcess, end_seconds: float) -> None:
        self._process = process
        self._end_seconds = end_seconds
        self._since: float | None = None
        self._asked = 0.0
        self._heard = 0.0

    def begin(self) -> None:
        """Somebody waits from now on."""
        self._since = self._heard = time.monotonic()

    def heard(self) -> None:
        """The process answered."""
        self._heard = time.monotonic()

    def check(self) -> None:
        """Raise `EngineDied` if it hangs; it is ended then."""
        if self._since is None:
            return
        now = time.monotonic()
        if now - self._heard > _ANSWER_SECONDS or now - self._since > self._end_seconds:
            hangs = EngineDied(
                "The engine did not answer any more and was ended.", hint="Load the model again."
            )
            self._process.end(hangs)
            raise hangs
        if now - self._asked > _PING_SECONDS:
            self._asked = now
            self._process.send(wire.Ping())

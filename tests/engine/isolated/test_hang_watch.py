"""When a process counts as one that hangs: its silence, by a clock of the test's own."""

from typing import cast

import pytest

from engine.errors import EngineDied
from engine.isolated import wire
from engine.isolated.hang_watch import HangWatch
from engine.isolated.process import EngineProcess

LOOK = 0.1


class SilentProcess:
    def __init__(self) -> None:
        self.pings = 0
        self.ended: EngineDied | None = None

    def send(self, request: wire.Request) -> None:
        self.pings += isinstance(request, wire.Ping)

    def end(self, why: EngineDied) -> None:
        self.ended = why


class Watched:
    """A watch over a silent process, and the time."""

    def __init__(self, patience: float = 20.0) -> None:
        self.process = SilentProcess()
        self.now = 1000.0
        self.watch = HangWatch(cast("EngineProcess", self.process), patience, lambda: self.now)

    def pass_by(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK)):
            self.now += LOOK
            self.watch.check()

    def ends_within(self, seconds: float) -> bool:
        with pytest.raises(EngineDied, match="did not answer") as died:
            self.pass_by(seconds)
        return self.process.ended is died.value


def test_a_silent_process_is_asked_and_then_ended() -> None:
    watched = Watched()
    watched.pass_by(19)
    assert watched.process.pings > 19
    assert watched.ends_within(2)


def test_whoever_waits_for_its_end_waits_two_seconds() -> None:
    watched = Watched()
    watched.pass_by(19)
    watched.watch.hurry(120)
    watched.pass_by(1.5)
    assert watched.ends_within(1)


def test_a_process_that_answers_may_take_its_time_but_not_for_ever() -> None:
    watched = Watched()
    watched.watch.hurry(60)
    for _ in range(59):
        watched.watch.heard()
        watched.pass_by(1)
    watched.watch.heard()
    assert watched.ends_within(1.5)


def test_a_machine_that_slept_does_not_blame_the_process() -> None:
    watched = Watched()
    watched.watch.hurry(60)
    watched.now += 8 * 3600
    watched.pass_by(1.5)
    assert watched.process.ended is None

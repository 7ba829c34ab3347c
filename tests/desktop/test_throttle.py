"""Throttle: the first call at once, the last never lost, never more than needed."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.throttle import FrameThrottle, Throttle


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_the_first_call_runs_at_once(qtbot: QtBot, counter: Counter) -> None:
    Throttle(counter, 10_000)()
    assert counter.calls == 1


def test_a_burst_becomes_two_calls(qtbot: QtBot, counter: Counter) -> None:
    throttle = Throttle(counter, 10)
    for _ in range(50):
        throttle()
    qtbot.waitUntil(lambda: counter.calls == 2)
    assert counter.calls == 2


def test_flush_runs_a_waiting_call_once(qtbot: QtBot, counter: Counter) -> None:
    throttle = Throttle(counter, 10_000)
    throttle()
    throttle()
    throttle.flush()
    throttle.flush()
    assert counter.calls == 2


def test_cancel_forgets_a_waiting_call(qtbot: QtBot, counter: Counter) -> None:
    throttle = Throttle(counter, 10_000)
    throttle()
    throttle()
    throttle.cancel()
    throttle.flush()
    assert counter.calls == 1


class Work:
    """An action that takes so much of its thread's time, told by a clock that it turns itself."""

    def __init__(self, cost: float) -> None:
        self.cost = cost
        self.computed = 0.0

    def __call__(self) -> None:
        self.computed += self.cost

    def clock(self) -> float:
        return self.computed


def after_many_calls(throttle: FrameThrottle) -> int:
    """How long it waits in a burst that goes on and on."""
    for _ in range(100):
        throttle()
        throttle.flush()
    return throttle.wait_ms


@pytest.mark.parametrize("cost_ms", [1.5, 3.0, 5.0])
def test_a_burst_takes_its_share_of_the_thread_whatever_a_call_costs(
    qtbot: QtBot, cost_ms: float
) -> None:
    work = Work(cost_ms / 1000)
    wait = after_many_calls(FrameThrottle(work, clock=work.clock))
    assert cost_ms / wait == pytest.approx(FrameThrottle.SHARE, rel=0.05)


@pytest.mark.parametrize(
    ("cost_ms", "wait"), [(0.1, FrameThrottle.SHORTEST_MS), (50, FrameThrottle.LONGEST_MS)]
)
def test_no_call_comes_within_a_frame_and_none_so_late_that_text_jumps(
    qtbot: QtBot, cost_ms: float, wait: int
) -> None:
    work = Work(cost_ms / 1000)
    assert after_many_calls(FrameThrottle(work, clock=work.clock)) == wait


def test_a_single_dear_call_hardly_changes_the_rhythm(qtbot: QtBot) -> None:
    work = Work(0.003)
    throttle = FrameThrottle(work, clock=work.clock)
    steady = after_many_calls(throttle)
    work.computed += 0.010
    throttle()
    throttle.flush()
    assert steady < throttle.wait_ms <= steady * 1.5


def test_what_is_done_between_two_bursts_does_not_count(qtbot: QtBot) -> None:
    work = Work(0.002)
    throttle = FrameThrottle(work, clock=work.clock)
    steady = after_many_calls(throttle)
    throttle.cancel()
    work.computed += 10
    throttle()
    assert throttle.wait_ms == steady


def test_a_lone_call_runs_at_once_however_dear_the_last_ones_were(
    qtbot: QtBot, counter: Counter
) -> None:
    work = Work(1.0)
    throttle = FrameThrottle(counter, clock=work.clock)
    throttle()
    qtbot.wait(2 * FrameThrottle.LONGEST_MS)
    throttle()
    assert counter.calls == 2

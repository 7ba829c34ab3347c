"""Threads give way to other programs, and come back when those are done."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core_times import CoreTimes
from engine.thread_count import ThreadCount

CORES = 8


@dataclass
class System:
    """A clock and the system's times, as the tests let them pass."""

    now: float = 0.0
    times: CoreTimes | None = field(default_factory=lambda: CoreTimes(0.0, 0.0))
    looks: int = 0

    def pass_time(self, seconds: float, *, waiting: float = 0.0, spare: float = 0.0) -> None:
        """Let so many threads wait and so many cores be idle meanwhile."""
        self.now += seconds
        if self.times is not None:
            self.times = CoreTimes(
                self.times.waited + waiting * seconds, self.times.spare + spare * seconds
            )

    def read(self) -> CoreTimes | None:
        self.looks += 1
        return self.times

    def clock(self) -> float:
        return self.now


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def count(system: System) -> ThreadCount:
    """One that has looked once."""
    count = ThreadCount(CORES, system.read, system.clock)
    system.pass_time(1.0)
    assert count.of(CORES) == CORES
    return count


def test_undisturbed_threads_stay(system: System, count: ThreadCount) -> None:
    for _ in range(5):
        system.pass_time(1.0, waiting=0.1)
        assert count.of(CORES) == CORES
    assert count.of(3) == 3, "never more than asked for"


@pytest.mark.parametrize(("waiting", "left"), [(0.4, 7), (1.2, 7), (2.6, 5), (40.0, 1)])
def test_as_many_leave_as_wait(
    system: System, count: ThreadCount, waiting: float, left: int
) -> None:
    system.pass_time(1.0, waiting=waiting)
    assert count.of(CORES) == left
    assert count.of(1) == 1


def test_they_leave_one_by_one_while_some_wait(system: System, count: ThreadCount) -> None:
    seen = []
    for _ in range(CORES + 1):
        system.pass_time(1.0, waiting=0.5)
        seen.append(count.of(CORES))
    assert seen == [7, 6, 5, 4, 3, 2, 1, 1, 1]


def test_they_come_back_when_cores_are_idle(system: System, count: ThreadCount) -> None:
    system.pass_time(1.0, waiting=4.0)
    assert count.of(CORES) == 4
    system.pass_time(1.0, spare=0.4)
    assert count.of(CORES) == 4
    system.pass_time(1.0, spare=2.1)
    assert count.of(CORES) == 6
    system.pass_time(1.0, spare=7.0)
    assert count.of(CORES) == CORES


def test_threads_that_wait_beside_idle_cores_are_not_too_many(
    system: System, count: ThreadCount
) -> None:
    system.pass_time(1.0, waiting=2.0, spare=3.0)
    assert count.of(CORES) == CORES


def test_it_looks_now_and_then_not_at_every_pass(system: System, count: ThreadCount) -> None:
    before = system.looks
    for _ in range(60):
        system.pass_time(0.01, waiting=3.0)
        count.of(CORES)
    assert system.looks - before == 1
    assert count.of(CORES) == 5


def test_a_system_that_does_not_say_changes_nothing(system: System) -> None:
    system.times = None
    count = ThreadCount(CORES, system.read, system.clock)
    for _ in range(3):
        system.pass_time(1.0)
        assert count.of(CORES) == CORES


@given(
    st.lists(
        st.tuples(st.floats(0, 20), st.floats(-5, 50), st.floats(-5, 50)),
        max_size=30,
    )
)
def test_there_is_always_one_and_never_more_than_cores(
    steps: list[tuple[float, float, float]],
) -> None:
    """Also where a thread that ended takes its seconds with it, and sums run backwards."""
    system = System()
    count = ThreadCount(CORES, system.read, system.clock)
    for seconds, waiting, spare in steps:
        system.pass_time(seconds, waiting=waiting, spare=spare)
        assert 1 <= count.of(CORES) <= CORES

"""How fast bytes arrive."""

from collections.abc import Iterable

import pytest

from engine.library.hub.speed import Speed


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def watch(speed: Speed, clock: Clock, seconds: Iterable[int], done: Iterable[int]) -> None:
    for clock.now, seen in zip(map(float, seconds), done, strict=True):
        speed.saw(seen)


def test_nobody_knows_at_first() -> None:
    clock = Clock()
    speed = Speed(clock)
    assert speed.bytes_per_second is None
    speed.saw(10)
    assert speed.bytes_per_second is None
    assert speed.seconds_left(5000) is None


def test_the_speed_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    speed = Speed(clock)
    watch(speed, clock, range(10), range(0, 10_000, 1000))
    assert speed.bytes_per_second == pytest.approx(1000)
    assert speed.seconds_left(5000) == pytest.approx(5)
    watch(speed, clock, range(10, 20), [9000] * 10)
    assert speed.bytes_per_second == 0
    assert speed.seconds_left(5000) is None


def test_a_pause_does_not_count() -> None:
    clock = Clock()
    speed = Speed(clock)
    watch(speed, clock, range(3), [0, 1000, 2000])
    speed.forget()
    assert speed.bytes_per_second is None
    watch(speed, clock, range(100, 103), [2000, 5000, 8000])
    assert speed.bytes_per_second == pytest.approx(3000)

"""Throttle: the first call at once, the last never lost, never more than needed."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.throttle import Throttle


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

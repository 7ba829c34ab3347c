"""The collector of cycles: in the window's thread only, and all of it when the window rests."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.collector import EVERY_MS, Collector


class Cycle:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def generations() -> Iterator[list[int]]:
    """Which generation was collected each time."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_what_another_thread_left_is_freed_in_that_of_the_window(
    qtbot: QtBot, app: Desktop
) -> None:
    assert app.window.isVisible()
    freed: list[threading.Thread] = []

    def leave_cycles() -> None:
        weakref.finalize(Cycle(), lambda: freed.append(threading.current_thread()))
        for _ in range(100_000):
            Cycle()

    thread = threading.Thread(target=leave_cycles)
    thread.start()
    thread.join()
    assert not freed
    qtbot.waitUntil(lambda: bool(freed))
    assert freed == [threading.main_thread()]


def test_python_collects_again_when_the_app_has_ended(app: Desktop) -> None:
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert app.shutdown()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_everything_is_collected_once_the_window_rests(generations: list[int]) -> None:
    spent = [0.0]
    collector = Collector(lambda: False, clock=lambda: spent[0])
    for _ in range(300):
        spent[0] += 0.5 * EVERY_MS / 1000
        collector.collect()
    assert set(generations) == {0, 1}
    generations.clear()
    collector.collect()
    assert generations == [2]
    generations.clear()
    for _ in range(119):
        collector.collect()
    assert 2 not in generations


def test_a_window_that_never_rests_is_not_forgotten(generations: list[int]) -> None:
    spent = [0.0]
    collector = Collector(lambda: False, clock=lambda: spent[0])
    for _ in range(2400):
        spent[0] += 0.5 * EVERY_MS / 1000
        collector.collect()
    assert generations.count(2) == 1


def test_a_reply_is_not_interrupted_however_slowly_it_streams(generations: list[int]) -> None:
    streams = [True]
    collector = Collector(lambda: streams[0], clock=lambda: 0.0)
    for _ in range(3000):
        collector.collect()
    assert 2 not in generations
    streams.clear()
    streams.append(False)
    collector.collect()
    assert generations[-1] == 2

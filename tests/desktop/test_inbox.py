"""What another thread delivers: in order, in the thread that takes, and in batches."""

import threading

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from pytestqt.qtbot import QtBot

from desktop.inbox import Inbox

COUNT = 5_000


class Reader:
    """Takes numbers, and notes how many lay in each batch."""

    def __init__(self) -> None:
        self.home = QObject()
        self.inbox = Inbox(self.take, self.end_batch, self.home)
        self.taken: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.batches: list[int] = []

    def take(self, number: int) -> None:
        self.taken.append(number)
        self.threads.add(threading.current_thread())

    def end_batch(self) -> None:
        self.batches.append(len(self.taken) - sum(self.batches))

    def deliver(self, numbers: range) -> None:
        """From another thread, whole before anything is taken."""
        thread = threading.Thread(target=self.put_all, args=(numbers,))
        thread.start()
        thread.join()

    def put_all(self, numbers: range) -> None:
        for number in numbers:
            self.inbox.put(number)


@pytest.fixture
def reader(qtbot: QtBot) -> Reader:
    return Reader()


def test_nothing_is_lost_or_taken_out_of_order(qtbot: QtBot, reader: Reader) -> None:
    thread = threading.Thread(target=reader.put_all, args=(range(COUNT),))
    thread.start()
    qtbot.waitUntil(lambda: len(reader.taken) == COUNT)
    thread.join()
    assert reader.taken == list(range(COUNT))


def test_all_are_taken_in_the_thread_that_made_it(qtbot: QtBot, reader: Reader) -> None:
    reader.deliver(range(3))
    qtbot.waitUntil(lambda: len(reader.taken) == 3)
    assert reader.threads == {threading.current_thread()}


def test_what_lies_there_already_is_one_batch(qtbot: QtBot, reader: Reader) -> None:
    reader.deliver(range(COUNT))
    assert not reader.taken
    qtbot.waitUntil(lambda: bool(reader.batches))
    assert reader.batches == [COUNT]


def test_after_a_rest_the_next_one_is_taken_too(qtbot: QtBot, reader: Reader) -> None:
    for number in range(3):
        reader.deliver(range(number, number + 1))
        qtbot.waitUntil(lambda: len(reader.batches) == len(reader.taken) == number + 1)  # noqa: B023
        qtbot.wait(150)  # longer than any batch is waited for
    assert reader.batches == [1, 1, 1]


def test_order_survives_an_event_loop_within(qtbot: QtBot, reader: Reader) -> None:
    def take(number: int) -> None:
        reader.taken.append(number)
        if number == 0:
            loop = QEventLoop()
            QTimer.singleShot(150, loop.quit)  # longer than any batch is waited for
            loop.exec()

    reader.inbox = Inbox(take, reader.end_batch, reader.home)
    reader.deliver(range(3))
    qtbot.waitUntil(lambda: len(reader.taken) == 3)
    assert reader.taken == [0, 1, 2]

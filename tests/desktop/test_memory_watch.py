"""Before memory runs out the reply stops with a sentence, and what there is of it stays."""

import pytest
from pytestqt.qtbot import QtBot

from desktop import memory_watch
from desktop.conversations.values import MessageState
from desktop.memory_watch import SENTENCE, MemoryWatch
from tests.desktop.desk import Desk
from tests.desktop.fakes import REPLY


def test_the_system_is_asked_once_a_second() -> None:
    now = 0.0
    free = [0, 1 << 40, 0]
    watch = MemoryWatch(available=lambda: free.pop(0), clock=lambda: now)
    assert watch.is_short()
    assert not watch.is_short()
    now = 1.0
    assert not watch.is_short()
    now = 1.5
    assert not watch.is_short()
    now = 2.0
    assert watch.is_short()
    assert free == []


def test_a_small_machine_may_use_most_of_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_watch, "memory_limit", lambda: 1_000_000_000)
    assert not MemoryWatch(available=lambda: 30_000_000).is_short()
    assert MemoryWatch(available=lambda: 10_000_000).is_short()


def test_a_reply_stops_and_stays(qtbot: QtBot, desk: Desk) -> None:
    noticed: list[str] = []
    desk.chat.noticed.connect(noticed.append)
    desk.engine._memory = MemoryWatch(available=lambda: 0)
    desk.chat.send("Hello")
    qtbot.waitUntil(lambda: desk.chat.run is None)
    assert noticed == [SENTENCE]
    assert desk.last().state is MessageState.STOPPED
    assert REPLY.startswith(desk.last().text)
    desk.engine._memory = MemoryWatch(available=lambda: 1 << 50)
    desk.chat.send("And now?")
    qtbot.waitUntil(lambda: desk.last().text == REPLY)

"""Before memory runs out the reply stops with a sentence, and what there is of it stays."""

import pytest
from pytestqt.qtbot import QtBot

from desktop import memory_watch
from desktop.answering import memory_short
from desktop.conversations.values import MessageState
from desktop.memory_watch import MemoryWatch
from tests.desktop.desk import Desk
from tests.desktop.fakes import REPLY


def is_short(available: int) -> bool:
    heard: list[bool] = []
    watch = MemoryWatch(available=lambda: available)
    watch.short.connect(lambda: heard.append(True))
    watch.look()
    return bool(heard)


def test_the_system_is_asked_again_and_again_until_the_reply_ends(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_watch, "LOOK_MS", 1)
    free = [0, 1 << 40, 1 << 40, 1 << 40]
    watch = MemoryWatch(available=free.pop)
    with qtbot.waitSignal(watch.short):
        watch.start()
    assert free == []
    with qtbot.assertNotEmitted(watch.short, wait=20):
        watch.stop()


def test_a_small_machine_may_use_most_of_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_watch, "memory_limit", lambda: 1_000_000_000)
    assert not is_short(30_000_000)
    assert is_short(10_000_000)


def test_a_reply_stops_and_stays(qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    noticed: list[str] = []
    desk.chat.noticed.connect(noticed.append)
    desk.session.gate.close()  # no event comes from the engine meanwhile
    desk.chat.send("Hello")
    monkeypatch.setattr(desk.engine._memory, "_available", lambda: 0)
    desk.engine._memory.look()
    qtbot.waitUntil(lambda: desk.chat.run is None)
    assert noticed == [memory_short()]
    assert desk.last().state is MessageState.STOPPED
    assert REPLY.startswith(desk.last().text)
    monkeypatch.undo()
    desk.session.gate.open()
    desk.chat.send("And now?")
    qtbot.waitUntil(lambda: desk.last().text == REPLY)

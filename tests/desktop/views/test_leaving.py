"""Widgets that leave: hidden at once, freed one at a time."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.leaving import Leaving
from desktop.views.reply import Reply
from tests.desktop.views.conversations import show_conversation


class Turns:
    """Counts the turns of the event loop, and notes in which of them widgets were freed."""

    def __init__(self) -> None:
        self.now = 0
        self.freed: list[int] = []
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def watch(self, widget: QWidget) -> None:
        widget.destroyed.connect(self._note)

    def _turn(self) -> None:
        self.now += 1

    def _note(self) -> None:
        self.freed.append(self.now)


def test_they_are_hidden_at_once_and_no_two_are_freed_in_one_turn(qtbot: QtBot) -> None:
    home, turns, leaving = QWidget(), Turns(), Leaving()
    qtbot.addWidget(home)
    widgets = [QWidget(home) for _ in range(5)]
    home.show()
    for widget in widgets:
        turns.watch(widget)
        leaving.take(widget)
        assert widget.isHidden()
    qtbot.waitUntil(lambda: len(turns.freed) == 5)
    assert len(set(turns.freed)) == 5


def test_one_that_went_with_its_parent_is_no_trouble(qtbot: QtBot) -> None:
    parent, other, turns, leaving = QWidget(), QWidget(), Turns(), Leaving()
    leaving.take(parent)
    leaving.take(QWidget(parent))
    leaving.take(other)
    turns.watch(other)
    qtbot.waitUntil(lambda: bool(turns.freed))


def test_a_conversation_that_is_left_goes_out_of_sight_at_once_and_then_bit_by_bit(
    qtbot: QtBot, app: Desktop
) -> None:
    show_conversation(app, [f"number {number}" for number in range(60)])
    replies, turns = app.window.findChildren(Reply), Turns()
    assert len(replies) > 3
    for reply in replies:
        turns.watch(reply)
    app.chat.open(None)
    assert not turns.freed
    assert not any(reply.isVisible() for reply in replies)
    qtbot.waitUntil(lambda: not app.window.findChildren(Reply))
    assert len(set(turns.freed)) == len(replies)

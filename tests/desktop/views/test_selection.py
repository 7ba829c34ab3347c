"""Selecting across messages: by mouse and by keys, copied as Markdown or as text."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.message_view import MessageView
from desktop.views.text_block import TextBlock
from tests.desktop.fakes import FakeOpener
from tests.desktop.views.conversations import show_conversation

REPLY = "First **bold** words.\n\n```python\nx = 1\n```\n\n- one\n- two"
SHIFT = Qt.KeyboardModifier.ShiftModifier
NOTHING = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shown(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> Desktop:
    opener.session.reply = REPLY
    app.chat.send("A question")
    qtbot.waitUntil(lambda: app.chat.run is None)
    qtbot.waitUntil(lambda: [one.height() > 10 for one in texts(app)] == [True] * 4)
    QGuiApplication.clipboard().clear()
    return app


def texts(app: Desktop) -> list[TextBlock]:
    views = sorted(app.window.page.messages.findChildren(MessageView), key=lambda one: one.y())
    return [text for view in views if not view.isHidden() for text in view.texts().values()]


def at(text: TextBlock, character: int) -> QPoint:
    """Where a character begins, in the text's own coordinates."""
    cursor = text.textCursor()
    cursor.setPosition(character)
    return text.cursorRect(cursor).center()


def drag(start: tuple[TextBlock, int], end: tuple[TextBlock, int]) -> None:
    """Press over one text, and move on to another: all events go to the first one, as Qt does."""
    view = start[0].viewport()
    goal = view.mapFrom(view.window(), end[0].viewport().mapTo(view.window(), at(*end)))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    QTest.mousePress(view, left, pos=at(*start))
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(goal), QPointF(view.mapToGlobal(goal)), none, left, NOTHING
    )
    QApplication.sendEvent(view, move)
    QTest.mouseRelease(view, left, pos=goal)


def copied(app: Desktop, *, markdown: bool = True) -> str:
    app.window.commands.entry("chat.copy" if markdown else "chat.copy_plain").trigger()
    return QGuiApplication.clipboard().text()


def test_a_part_of_one_text_is_copied_as_it_is_shown(shown: Desktop) -> None:
    prose = texts(shown)[1]
    drag((prose, 6), (prose, 10))
    assert copied(shown) == "bold"
    assert [one.cursor.selectedText() for one in prose.extraSelections()] == ["bold"]


def test_whole_blocks_between_are_copied_as_they_were_written(shown: Desktop) -> None:
    question, prose, _, items = texts(shown)
    drag((question, 2), (items, 3))
    assert copied(shown) == ("question\n\nFirst **bold** words.\n\n```python\nx = 1\n```\n\none")
    assert copied(shown, markdown=False) == "question\n\nFirst bold words.\n\nx = 1\n\none"
    assert prose.extraSelections()


def test_it_does_not_matter_where_one_begins(shown: Desktop) -> None:
    _, prose, code, _ = texts(shown)
    drag((code, 1), (prose, 11))
    assert copied(shown) == "words.\n\nx"


def test_a_click_selects_nothing(shown: Desktop) -> None:
    _, prose, code, _ = texts(shown)
    drag((prose, 0), (code, 2))
    QTest.mouseClick(code.viewport(), Qt.MouseButton.LeftButton, pos=at(code, 1))
    assert not any(text.extraSelections() for text in texts(shown))
    assert copied(shown) == ""


def test_a_double_click_selects_a_word(shown: Desktop) -> None:
    prose = texts(shown)[1]
    QTest.mouseDClick(prose.viewport(), Qt.MouseButton.LeftButton, pos=at(prose, 7))
    assert copied(shown) == "bold"


def test_keys_select_on_into_the_next_text(shown: Desktop) -> None:
    prose = texts(shown)[1]
    QTest.mouseClick(prose.viewport(), Qt.MouseButton.LeftButton, pos=at(prose, 11))
    prose.setFocus()
    for _ in range(6 + 1 + 1):
        QTest.keyClick(prose, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(prose, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "words.\n\nx"


def test_everything_can_be_selected(shown: Desktop) -> None:
    prose = texts(shown)[1]
    prose.setFocus()
    QTest.keyClick(prose, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(prose, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == f"A question\n\n{REPLY}"


def test_what_has_no_widget_is_selected_too(app: Desktop) -> None:
    count = 400
    show_conversation(app, [f"*number* {number}" for number in range(count)])
    text = texts(app)[-1]
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_A, CONTROL)
    assert copied(app).split("\n\n") == [f"*number* {number}" for number in range(count)]
    assert len(texts(app)) < count / 2


def test_another_conversation_has_nothing_selected(shown: Desktop) -> None:
    prose = texts(shown)[1]
    drag((prose, 0), (prose, 4))
    shown.chat.open(None)
    assert copied(shown) == ""

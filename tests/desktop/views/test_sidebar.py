"""The sidebar: headings, marks, rename, trash and undo; and where it goes in a narrow window."""

from datetime import date

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.conversation_rows import RowRole, heading_for
from tests.desktop.fakes import FakeOpener

TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("day", "heading"),
    [
        (date(2026, 3, 16), "Today"),
        (date(2026, 3, 15), "Today"),
        (date(2026, 3, 14), "Yesterday"),
        (date(2026, 3, 9), "Last week"),
        (date(2026, 3, 8), "Last month"),
        (date(2026, 2, 13), "Earlier"),
    ],
)
def test_headings(day: date, heading: str) -> None:
    assert heading_for(day, TODAY) == heading


def rows(app: Desktop) -> list[str]:
    model = app.window.sidebar.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def current(app: Desktop) -> QModelIndex:
    return app.window.sidebar.list.currentIndex()


def converse(qtbot: QtBot, app: Desktop, text: str) -> None:
    app.chat.send(text)
    qtbot.waitUntil(lambda: app.chat.run is None)


def test_a_new_conversation_appears_and_is_marked(qtbot: QtBot, app: Desktop) -> None:
    assert rows(app) == []
    converse(qtbot, app, "Regex for ISO dates")
    assert rows(app) == ["Today", "Regex for ISO dates"]
    assert current(app).data() == "Regex for ISO dates"


def test_the_streaming_one_has_a_dot_and_says_so(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    assert current(app).data(RowRole.STREAMING) is True
    assert current(app).data(Qt.ItemDataRole.AccessibleTextRole) == "Hello, replying"
    app.chat.stop()
    assert current(app).data(RowRole.STREAMING) is False


def test_choosing_a_row_shows_its_conversation(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "First")
    first = app.chat.conversation_id
    app.chat.open(None)
    converse(qtbot, app, "Second")
    view = app.window.sidebar.list
    view.clicked.emit(view.model().index(2, 0))
    assert app.chat.conversation_id == first
    assert app.window.page.header.title.accessibleName() == "First"


def test_rename_in_place(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Before")
    view = app.window.sidebar.list
    view.edit(current(app))
    editor = view.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Before"
    editor.setText("After")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows(app) == ["Today", "After"])


def test_a_reply_that_ends_does_not_close_a_title_being_edited(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    app.chat.send("Before")
    view = app.window.sidebar.list
    view.edit(current(app))
    editor = view.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "Aft")
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert view.findChild(QLineEdit) is editor
    assert editor.text() == "Aft"


def test_rename_by_the_title(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Before")
    title = app.window.page.header.title
    QTest.mouseDClick(title, Qt.MouseButton.LeftButton)
    editor = title.findChild(QLineEdit)
    assert editor is not None
    editor.setText("After")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert rows(app) == ["Today", "After"]


def test_the_delete_key_is_undone_by_the_toast(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Precious")
    conversation_id = app.chat.conversation_id
    QTest.keyClick(app.window.sidebar.list, Qt.Key.Key_Delete)
    assert rows(app) == []
    assert app.chat.conversation_id is None
    assert app.window.page.toast.isVisible()
    app.window.page.toast.undo_chosen.emit()
    assert rows(app) == ["Today", "Precious"]
    assert app.chat.conversation_id == conversation_id


def test_control_z_undoes_a_deletion(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Precious")
    app.window.activateWindow()
    view = app.window.sidebar.list
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rows(app) == ["Today", "Precious"]


def test_deleting_a_streaming_conversation_stops_it(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    assert app.chat.conversation_id is not None
    app.conversations.trash(app.chat.conversation_id)
    assert app.chat.run is None


def test_a_narrow_window_makes_it_a_drawer(qtbot: QtBot, app: Desktop) -> None:
    window = app.window
    assert window.sidebar.isVisible()
    window.resize(900, 600)
    qtbot.waitUntil(lambda: not window.sidebar.isVisible())
    assert window.side.rail.isVisible()
    window.side.toggle()
    assert window.sidebar.isVisible()
    QTest.keyClick(window.sidebar, Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()
    window.resize(1280, 800)
    qtbot.waitUntil(window.sidebar.isVisible)
    assert not window.side.rail.isVisible()

"""The sidebar: headings, marks, rename, trash and undo; and where it goes in a narrow window."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDrag, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.conversation_rows import RowRole, heading_for
from tests.desktop.fakes import REPLY, FakeOpener
from tests.desktop.views.conversations import converse

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


def test_one_that_answered_behind_another_is_unread_until_it_is_shown(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    asked = app.chat.conversation_id
    assert asked is not None
    app.chat.open(None)
    opener.session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    view = app.window.sidebar.list
    index = next(
        view.model().index(row, 0)
        for row in range(view.model().rowCount())
        if view.model().index(row, 0).data(RowRole.CONVERSATION_ID) == asked
    )
    assert index.data(RowRole.UNREAD)
    assert "has a new reply" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    app.chat.open(asked)
    assert not index.data(RowRole.UNREAD)
    assert "has a new reply" not in str(index.data(Qt.ItemDataRole.AccessibleTextRole))


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


def action(menu: QMenu | None, *path: str) -> QAction:
    """The action at the end of a path of submenus."""
    assert menu is not None
    for name in path[:-1]:
        menu = next(one for one in menu.findChildren(QMenu) if one.title() == name)
    return next(one for one in menu.actions() if one.text() == path[-1])


def test_pinned_ones_and_folders_stand_first(qtbot: QtBot, app: Desktop) -> None:
    for text in ("First", "Second", "Third"):
        app.chat.open(None)
        converse(qtbot, app, text)
    ids = {one.title: one.id for one in app.conversations.summaries()}
    app.conversations.move_to_new(ids["First"], "Work")
    app.conversations.pin(ids["Second"], pinned=True)
    assert rows(app) == ["Pinned", "Second", "Work", "First", "Today", "Third"]
    view = app.window.sidebar.list
    view.setCurrentIndex(view.model().index(2, 0))
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert rows(app) == ["Pinned", "Second", "Work", "Today", "Third"]
    assert current(app).data(Qt.ItemDataRole.AccessibleTextRole) == "Work, folder, folded"
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert rows(app) == ["Pinned", "Second", "Today", "Third", "First"]
    app.window.page.toast.undo_chosen.emit()
    assert rows(app)[2:4] == ["Work", "First"]


def test_a_key_pins_and_unpins(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "First")
    view = app.window.sidebar.list
    for expected in (["Pinned", "First"], ["Today", "First"]):
        QTest.keyClick(view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        assert rows(app) == expected
        assert current(app).data() == "First"


def test_the_menu_moves_and_tags(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "First")
    app.conversations.create_folder("R&D")
    view = app.window.sidebar.list
    action(view.menu_of(current(app)), "Move to", "R&&D").trigger()
    assert rows(app) == ["R&D", "First"]
    action(view.menu_of(current(app)), "Tags", "New tag…").trigger()
    dialog = view.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("later")
    dialog.accept()
    assert app.conversations.tags() == ["later"]
    assert current(app).data(Qt.ItemDataRole.AccessibleTextRole) == "First, tag later"
    action(view.menu_of(current(app)), "Tags", "later").trigger()
    assert app.conversations.tags() == []


def test_a_folder_is_renamed_in_place(qtbot: QtBot, app: Desktop) -> None:
    app.conversations.create_folder("Work")
    view = app.window.sidebar.list
    view.setCurrentIndex(view.model().index(0, 0))
    action(view.menu_of(current(app)), "Rename").trigger()
    editor = view.findChild(QLineEdit)
    assert editor is not None
    assert editor.accessibleName() == "Name of the folder"
    editor.setText("Home")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows(app) == ["Home"])


def test_a_heading_has_no_menu(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "First")
    view = app.window.sidebar.list
    assert view.menu_of(view.model().index(0, 0)) is None


def test_the_trash_gives_back_what_it_holds(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Precious")
    app.conversations.trash(app.conversations.summaries()[0].id)
    sidebar = app.window.sidebar
    sidebar.show_trash()
    trash = sidebar.trash.list
    assert trash.isVisible()
    trash.setCurrentIndex(trash.model().index(0, 0))
    QTest.keyClick(trash, Qt.Key.Key_Return)
    assert trash.model().rowCount() == 0
    QTest.keyClick(sidebar.trash, Qt.Key.Key_Escape)
    assert sidebar.list.isVisible()
    assert rows(app) == ["Today", "Precious"]


def test_a_new_conversation_leads_out_of_the_trash(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "First")
    sidebar = app.window.sidebar
    for leave in ("conversation.new", "conversation.temporary"):
        sidebar.show_trash()
        assert not sidebar.list.isVisible()
        app.window.commands.entry(leave).trigger()
        assert sidebar.list.isVisible()
    sidebar.show_trash()
    sidebar.search.field.setText("First")
    app.window.desk.open(app.conversations.summaries()[0].id)
    assert not sidebar.trash.isVisible()


def test_restoring_stays_in_the_trash(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "Precious")
    shown = app.chat.conversation_id or ""
    app.conversations.trash(shown)
    app.window.sidebar.show_trash()
    app.conversations.restore(shown)
    assert app.window.sidebar.trash.isVisible()
    assert app.chat.conversation_id == shown


def test_rows_can_be_painted_from_right_to_left(qtbot: QtBot, app: Desktop) -> None:
    converse(qtbot, app, "שלום עולם")
    app.conversations.pin(app.conversations.summaries()[0].id, pinned=True)
    app.conversations.create_folder("Work")
    view = app.window.sidebar.list
    ahead = view.grab().toImage()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert view.grab().toImage() != ahead


def moved(widget: QWidget, place: QPoint, button: Qt.MouseButton) -> None:
    """The pointer goes there with a button held, as Qt reports it."""
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    keys = Qt.KeyboardModifier.NoModifier
    at, on_screen = QPointF(place), QPointF(widget.mapToGlobal(place))
    QApplication.sendEvent(widget, QMouseEvent(kind, at, on_screen, none, button, keys))


def test_a_conversation_is_dragged_out_by_the_mouse_and_a_folder_is_not(
    qtbot: QtBot, app: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    converse(qtbot, app, "Tides: ebb/flow?")
    app.conversations.create_folder("Sea")
    dragged: list[Path] = []
    paths: list[Path] = []

    def take(drag: QDrag, _action: Qt.DropAction) -> None:
        dragged.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())

    monkeypatch.setattr(QDrag, "exec", take)
    view = app.window.sidebar.list
    for row, name in enumerate(rows(app)):
        place = view.visualRect(view.model().index(row, 0)).center()
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        for step in range(1, 4):
            moved(view.viewport(), place + QPoint(30 * step, 0), Qt.MouseButton.LeftButton)
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        taken, dragged[:] = list(dragged), []
        assert len(taken) == name.startswith("Tides")
        paths += taken
    (path,) = paths
    assert path.name == "Tides ebb flow.md"
    assert REPLY in path.read_text("utf-8")

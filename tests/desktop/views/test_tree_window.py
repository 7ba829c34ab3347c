"""The tree panel in a window of its own: out and back, seen only while the app is, remembered."""

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.tree_window import TreeWindow
from tests.desktop.fakes import FakeOpener


def apart(app: Desktop) -> TreeWindow:
    """Out by the panel's own button."""
    app.window.side.show_tree(shown=True)
    app.window.tree.move_button.click()
    return app.window.side.tree_window


def visible_windows() -> set[QWidget]:
    return {window for window in QApplication.topLevelWidgets() if window.isVisible()}


def test_the_button_moves_the_panel_out_and_closing_moves_it_back(app: Desktop) -> None:
    own, tree, page = apart(app), app.window.tree, app.window.page
    assert own.isVisible()
    assert tree.window() is own
    assert tree.isVisible()
    assert page.width() > app.window.width() - 300, "the chat has its room back"
    assert tree.move_button.accessibleName() == "Back beside the chat"
    own.close()
    assert not own.isVisible()
    assert tree.window() is app.window
    assert tree.isVisible()
    assert tree.move_button.accessibleName() == "In a window of its own"
    assert page.header.tree_button.isChecked()


def test_the_same_button_moves_it_back(app: Desktop) -> None:
    own = apart(app)
    app.window.tree.move_button.click()
    assert not own.isVisible()
    assert app.window.tree.window() is app.window


def test_it_opens_where_it_was_closed(app: Desktop) -> None:
    own = apart(app)
    app.window.tree.close_asked.emit()
    assert not own.isVisible()
    assert not app.window.page.header.tree_button.isChecked()
    app.window.commands.entry("view.tree").trigger()
    assert own.isVisible()
    assert app.window.tree.isVisible()


def test_a_narrow_window_keeps_its_chat(app: Desktop) -> None:
    app.window.resize(800, 600)
    apart(app)
    assert app.window.page.isVisible()
    app.window.side.tree_window.close()
    assert not app.window.page.isVisible()


def test_it_follows_the_conversation_shown(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    own = apart(app)
    assert "Tree: " in own.windowTitle()
    app.chat.send("How do tides work")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert own.windowTitle() == "Tree: How do tides work"
    rounds = app.window.tree.slider.maximum()
    assert rounds > 0
    app.chat.open(None)
    assert app.window.tree.slider.maximum() == 0


def test_it_goes_with_the_main_window_and_comes_back_with_it(app: Desktop) -> None:
    own = apart(app)
    app.window.hide()
    assert visible_windows() == set()
    app.come_to_front([])
    assert visible_windows() == {app.window, own}


def test_the_welcome_stands_alone(app: Desktop) -> None:
    own = apart(app)
    app.window.show_welcome()
    assert not own.isVisible()
    app.window.leave_welcome()
    assert own.isVisible()


def test_no_window_stays_behind_at_the_end(app: Desktop) -> None:
    apart(app)
    app.window.quit()
    assert visible_windows() == set()


def test_its_place_is_remembered(app: Desktop, tmp_path_factory: pytest.TempPathFactory) -> None:
    own = apart(app)
    own.setGeometry(40, 60, 500, 520)
    file = tmp_path_factory.mktemp("state") / "window.ini"
    state = QSettings(str(file), QSettings.Format.IniFormat)
    app.window.side.save_state(state)
    app.window.tree.move_button.click()
    own.setGeometry(0, 0, 700, 700)
    app.window.tree.close_asked.emit()
    app.window.side.restore_state(state)
    assert own.isVisible()
    assert app.window.tree.window() is own
    assert (own.width(), own.height()) == (500, 520)
    assert (own.pos() - QPoint(40, 60)).manhattanLength() < 10, "but for the frame"


def test_f6_goes_there_and_back_and_shortcuts_work_in_it(qtbot: QtBot, app: Desktop) -> None:
    own, edit = apart(app), app.window.page.composer.edit
    app.window.activateWindow()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClick(app.window, Qt.Key.Key_F6)
    qtbot.waitUntil(app.window.tree.slider.hasFocus)
    assert own.isActiveWindow()
    QTest.keyClick(own, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(edit.hasFocus)
    assert app.window.isActiveWindow()


def test_esc_stops_the_reply_and_then_leads_back_to_the_chat(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    own, slider = apart(app), app.window.tree.slider
    opener.session.gate.close()
    app.chat.send("Hello")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert own.isVisible()
    QTest.keyClick(slider, Qt.Key.Key_Escape)
    qtbot.waitUntil(app.window.page.composer.edit.hasFocus)

"""How wide the parts of the window are: moved by mouse and keys, kept for each class of window."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSplitter, QSplitterHandle
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.column_widths import SIDEBAR_WIDTH, TREE_WIDTH
from desktop.views.columns import STEP
from desktop.views.controls import IconButton

WIDE, NARROW = (1400, 800), (1000, 800)


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> QSettings:
    return QSettings(
        str(tmp_path_factory.mktemp("state") / "window.ini"), QSettings.Format.IniFormat
    )


def line(app: Desktop, part: int) -> QSplitterHandle:
    """The line before a part: 1 is the chat, or the tree where the sidebar is a drawer."""
    (columns,) = app.window.side.findChildren(QSplitter)
    return columns.handle(part)


def press(handle: QSplitterHandle, key: Qt.Key, times: int) -> None:
    QApplication.processEvents()  # lines get their places in Qt's own time
    for _ in range(times):
        QTest.keyClick(handle, key)


def test_arrow_keys_move_a_line_and_a_double_click_puts_it_back(qtbot: QtBot, app: Desktop) -> None:
    app.window.resize(*WIDE)
    before = line(app, 1)
    assert app.window.sidebar.width() == SIDEBAR_WIDTH
    press(before, Qt.Key.Key_Right, 3)
    assert app.window.sidebar.width() == SIDEBAR_WIDTH + 3 * STEP
    press(before, Qt.Key.Key_Left, 1)
    assert app.window.sidebar.width() == SIDEBAR_WIDTH + 2 * STEP
    QTest.mouseDClick(before, Qt.MouseButton.LeftButton)
    assert app.window.sidebar.width() == SIDEBAR_WIDTH


def test_a_folded_sidebar_comes_back_as_wide_as_it_was(app: Desktop) -> None:
    app.window.resize(*WIDE)
    press(line(app, 1), Qt.Key.Key_Right, 2)
    app.window.side.toggle()
    app.window.side.toggle()
    assert app.window.sidebar.width() == SIDEBAR_WIDTH + 2 * STEP


def test_the_tree_has_a_width_for_each_class_of_window(app: Desktop, state: QSettings) -> None:
    window = app.window
    window.resize(*WIDE)
    window.side.show_tree(shown=True)
    press(line(app, 2), Qt.Key.Key_Left, 5)
    assert window.tree.width() == TREE_WIDTH + 5 * STEP
    window.resize(*NARROW)
    assert window.tree.width() == TREE_WIDTH
    press(line(app, 1), Qt.Key.Key_Left, 1)
    assert window.tree.width() == TREE_WIDTH + STEP
    window.side.save_state(state)
    window.resize(*WIDE)
    assert window.tree.width() == TREE_WIDTH + 5 * STEP
    QTest.mouseDClick(line(app, 2), Qt.MouseButton.LeftButton)
    assert window.tree.width() == TREE_WIDTH
    window.side.restore_state(state)
    assert window.tree.width() == TREE_WIDTH + 5 * STEP


@pytest.mark.parametrize("value", ["no number", "100000", "-5"])
def test_a_state_that_somebody_edited_does_no_harm(
    app: Desktop, state: QSettings, value: str
) -> None:
    state.setValue("wide/sidebar", value)
    app.window.resize(*WIDE)
    app.window.side.restore_state(state)
    assert 200 <= app.window.sidebar.width() <= 360
    assert app.window.page.width() >= 520


def test_in_a_small_window_the_tree_offers_the_way_back_to_the_chat(app: Desktop) -> None:
    window = app.window
    window.resize(800, 600)
    window.side.show_tree(shown=True)
    back = next(
        button
        for button in window.tree.findChildren(IconButton)
        if button.accessibleName() == "Back to the chat"
    )
    assert back.isVisible()
    back.click()
    assert window.page.isVisible()
    assert not window.tree.isVisible()
    window.resize(*WIDE)
    window.side.show_tree(shown=True)
    assert not back.isVisible()

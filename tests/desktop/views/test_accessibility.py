"""Everything that takes the focus has a name; Tab reaches what the mouse reaches."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.controls import IconButton


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        internal = widget.objectName().startswith("qt_")
        if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and not internal:
            yield widget


def nameless(root: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in focusable(root)
        if not widget.accessibleName()
    ]


def test_every_control_of_the_window_has_a_name(qtbot: QtBot, app: Desktop) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert len(list(focusable(app.window))) > 15
    assert nameless(app.window) == []


def test_every_control_of_the_model_dialog_has_a_name(qtbot: QtBot, app: Desktop) -> None:
    dialog = app.window.open_models()
    assert len(list(focusable(dialog))) >= 6
    assert nameless(dialog) == []
    dialog.reject()


def test_tab_leaves_every_control_and_reaches_the_hidden_actions(
    qtbot: QtBot, app: Desktop
) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.activateWindow()
    app.window.page.composer.edit.setFocus()
    reached: list[QWidget] = []
    for _ in range(40):
        widget = QApplication.focusWidget()
        assert widget is not None
        reached.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    names = {widget.accessibleName() for widget in reached}
    assert {"Message", "Copy the reply", "Regenerate the reply", "Edit the message"} <= names
    assert {"Conversations", "New conversation", "More"} <= names


def test_the_ring_follows_the_keyboard(qtbot: QtBot, app: Desktop) -> None:
    app.window.activateWindow()
    more = next(b for b in app.window.findChildren(IconButton) if b.accessibleName() == "More")
    more.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: app.ring.widget() is more)
    app.window.page.composer.edit.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: app.ring.widget() is not more)

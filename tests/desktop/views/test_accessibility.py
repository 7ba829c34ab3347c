"""Everything that takes the focus has a name; Tab reaches what the mouse reaches."""

from collections.abc import Iterator
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.controls import IconButton
from tests.desktop.every_view import SETTLES, VIEWS

CONTROLS: Final = QAbstractButton | QComboBox | QLineEdit | QAbstractSpinBox | QAbstractSlider
_OTHER_KEYS: Final = {
    "Branch before": "Alt+Left",
    "Branch after": "Alt+Right",
}
"""Controls that Tab passes by, and what does the same."""


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


def is_offered(widget: QWidget, view: QWidget) -> bool:
    """Whether a person with a mouse could use it now."""
    internal = widget.objectName().startswith("qt_")
    return widget.isVisibleTo(view) and widget.isEnabled() and not internal


def tab_stops(view: QWidget) -> set[QWidget]:
    """What Tab stops at in the window of `view`, one after the other."""
    first = view.window()
    stops: set[QWidget] = set()
    widget = first.nextInFocusChain()
    while widget is not None and widget is not first:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.add(widget)
            if proxy := widget.focusProxy():
                stops.add(proxy)
        widget = widget.nextInFocusChain()
    return stops


def has_keys(widget: QWidget) -> bool:
    """Whether it is a part of something that Tab reaches, or keys of its own do the same."""
    if widget.accessibleName() in _OTHER_KEYS:
        return True
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractSpinBox | QComboBox | QLineEdit | QAbstractItemView)


def described(widget: QWidget) -> str:
    return (
        f"{type(widget).__name__} “{widget.accessibleName()}” in {type(widget.parent()).__name__}"
    )


def close(view: QWidget) -> None:
    if isinstance(view, QDialog):
        view.reject()


@pytest.mark.parametrize("name", VIEWS)
def test_every_control_of_every_view_has_a_name(qtbot: QtBot, app: Desktop, name: str) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    view = VIEWS[name](app)
    qtbot.wait(SETTLES)
    assert list(focusable(view))
    assert nameless(view) == []
    close(view)


@pytest.mark.parametrize("name", VIEWS)
def test_the_keyboard_reaches_every_control_of_every_view(
    qtbot: QtBot, app: Desktop, name: str
) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    view = VIEWS[name](app)
    qtbot.wait(SETTLES)
    reached = tab_stops(view)
    missed = [
        described(widget)
        for widget in view.findChildren(QWidget)
        if isinstance(widget, CONTROLS) and not isinstance(widget, QScrollBar)
        if is_offered(widget, view)
        if widget not in reached and not has_keys(widget)
    ]
    assert missed == []
    close(view)


def test_a_finished_reply_is_announced(
    qtbot: QtBot, app: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def hear(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert said == ["The reply is finished"]


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

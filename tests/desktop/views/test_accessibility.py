"""Everything that takes the focus has a name; Tab reaches what the mouse reaches."""

from collections.abc import Iterator
from itertools import pairwise
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
    QButtonGroup,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.controls import IconButton
from desktop.views.message_view import MessageView
from tests.desktop.every_view import SETTLES, VIEWS

CONTROLS: Final = QAbstractButton | QComboBox | QLineEdit | QAbstractSpinBox | QAbstractSlider
_OTHER_KEYS: Final = {
    "Jump to the end": "End",
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


def focused_in(window: QWidget) -> QWidget:
    focused: QWidget | None = window.focusWidget()
    return window if focused is None else focused


def pressed(window: QWidget, key: Qt.Key) -> QWidget:
    """What has the focus of `window` after a key."""
    QTest.keyClick(focused_in(window), key)
    return focused_in(window)


def tab_stops(window: QWidget) -> list[QWidget]:
    """What Tab stops at in a window, one after the other, until it is where it was before."""
    stops = [focused_in(window)]
    while (widget := pressed(window, Qt.Key.Key_Tab)) not in stops:
        stops.append(widget)
    return stops


def inside(message: MessageView) -> list[QWidget]:
    """What Enter and then Tab stop at in a message that has the focus."""
    window = message.window()
    stops = [pressed(window, Qt.Key.Key_Return)]
    while (widget := pressed(window, Qt.Key.Key_Tab)) not in stops and message.isAncestorOf(widget):
        stops.append(widget)
    before = pressed(window, Qt.Key.Key_Backtab)
    while before is not message and message.isAncestorOf(before):
        stops.append(before)
        before = pressed(window, Qt.Key.Key_Backtab)
    return stops


def in_messages(message: MessageView) -> list[QWidget]:
    """What is reached in all messages: by arrows from one to the other, and inside of each."""
    window = message.window()
    message.setFocus()
    stops: list[QWidget] = []
    widget = pressed(window, Qt.Key.Key_Home)
    while widget not in stops and isinstance(widget, MessageView):
        stops.append(widget)
        stops += inside(widget)
        widget.setFocus()
        widget = pressed(window, Qt.Key.Key_Down)
    return stops


def reached(view: QWidget) -> set[QWidget]:
    """All that the keyboard comes to in the window of `view`."""
    stops = tab_stops(view.window())
    messages = [widget for widget in stops if isinstance(widget, MessageView)]
    assert len(messages) <= 1, "messages are one stop"
    return {*stops, *(widget for message in messages for widget in in_messages(message))}


def has_keys(widget: QWidget) -> bool:
    """Whether it is a part of something that Tab reaches, or keys of its own do the same."""
    if widget.accessibleName() in _OTHER_KEYS:
        return True
    group: QButtonGroup | None = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None and group.exclusive():
        return True  # arrows go through the group, of which Tab stops at the chosen one
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
    view.window().activateWindow()
    found = reached(view)
    missed = [
        described(widget)
        for widget in view.findChildren(QWidget)
        if isinstance(widget, CONTROLS) and not isinstance(widget, QScrollBar)
        if is_offered(widget, view)
        if widget not in found and not has_keys(widget)
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


def test_tab_goes_through_the_window_in_the_order_of_reading(qtbot: QtBot, app: Desktop) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.side.show_tree(shown=True)
    app.window.resize(1600, 900)
    app.window.activateWindow()
    app.window.sidebar.list.setFocus()
    stops = tab_stops(app.window)
    page = app.window.page
    areas = (app.window.sidebar, page.header, page.messages, page.composer, app.window.tree)
    order = [n for stop in stops for n, area in enumerate(areas) if area.isAncestorOf(stop)]
    assert sorted(set(order)) == [0, 1, 2, 3, 4]
    turns = sum(one != after for one, after in pairwise([*order, order[0]]))
    assert turns == len(areas), order


def test_the_ring_follows_the_keyboard(qtbot: QtBot, app: Desktop) -> None:
    app.window.activateWindow()
    more = next(b for b in app.window.findChildren(IconButton) if b.accessibleName() == "More")
    more.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: app.ring.widget() is more)
    app.window.page.composer.edit.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: app.ring.widget() is not more)

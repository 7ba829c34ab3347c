"""The ring of the keyboard focus is seen all around, also where the parent ends."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.app import Desktop
from desktop.theme import Theme
from desktop.views.controls import push_button
from desktop.views.focus_ring import GAP, FocusRing, round_off
from desktop.views.reply import Reply
from tests.desktop.fakes import FakeOpener


def ring_around(app: Desktop, widget: QWidget) -> list[bool]:
    """Whether the ring is painted in the middle of each side, and at each round corner."""
    window = widget.window()
    picture: QImage = window.grab().toImage()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    outside = place.adjusted(1 - GAP, 1 - GAP, GAP - 1, GAP - 1)
    middle = outside.center()
    radius = app.theme.tokens.radius["control"] + GAP
    in_corner = round(radius * (1 - 0.5**0.5)) - 1
    corners = outside.adjusted(in_corner, in_corner, -in_corner, -in_corner)
    points = [
        QPoint(middle.x(), outside.top()),
        QPoint(middle.x(), outside.bottom()),
        QPoint(outside.left(), middle.y()),
        QPoint(outside.right(), middle.y()),
        *(corners.topLeft(), corners.topRight(), corners.bottomLeft(), corners.bottomRight()),
    ]
    color = app.theme.color("focus_ring")
    ratio = picture.devicePixelRatio()
    return [is_near(picture, point * ratio, color.rgb()) for point in points]


def is_near(picture: QImage, point: QPoint, wanted: int) -> bool:
    """Whether a pixel here, or beside it, has about this colour."""
    around = (point + QPoint(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))
    return any(distance(picture.pixel(one), wanted) < 90 for one in around)


def distance(one: int, other: int) -> int:
    return sum(abs((one >> shift & 255) - (other >> shift & 255)) for shift in (0, 8, 16))


@pytest.fixture
def narrow(qtbot: QtBot, app: Desktop) -> Iterator[QPushButton]:
    """A button whose parent is no bigger than itself."""
    window = QWidget()
    qtbot.addWidget(window)
    button = QPushButton("Here")
    parent = QWidget()
    inside = QHBoxLayout(parent)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.addWidget(button)
    around = QVBoxLayout(window)
    around.setContentsMargins(20, 20, 20, 20)
    around.addWidget(parent)
    window.show()
    window.activateWindow()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)
    yield button
    window.close()


def test_it_is_not_cut_where_the_parent_ends(app: Desktop, narrow: QPushButton) -> None:
    assert ring_around(app, narrow) == [True] * 8


def test_without_the_focus_there_is_none(app: Desktop, narrow: QPushButton) -> None:
    narrow.clearFocus()
    assert not any(ring_around(app, narrow))


def test_a_message_has_one(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.activateWindow()
    app.window.page.messages.setFocus(Qt.FocusReason.TabFocusReason)
    reply = app.window.findChild(Reply)
    assert isinstance(reply, Reply)
    qtbot.waitUntil(reply.hasFocus)
    assert ring_around(app, reply)[:4] == [True] * 4


@pytest.fixture
def ring(theme: Theme, qapp: QApplication) -> Iterator[FocusRing]:
    ring = FocusRing(theme, qapp)
    yield ring
    if isValid(ring):
        ring.deleteLater()


def place(ring: FocusRing, area: QWidget) -> QPoint:
    """Where its upper left corner lies in `area`."""
    return ring.mapTo(area, QPoint(0, 0))


def test_it_stays_inside_what_scrolls(qtbot: QtBot, theme: Theme, ring: FocusRing) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    inside = QWidget()
    column = QVBoxLayout(inside)
    button = push_button(theme, "Load")
    column.addWidget(button)
    column.addSpacing(2000)
    area.setWidget(inside)
    area.resize(300, 200)
    area.show()
    ring.setWidget(button)
    assert ring.parentWidget() is area
    before = place(ring, area).y()
    area.verticalScrollBar().setValue(50)
    assert place(ring, area).y() == before - 50


def test_it_covers_no_more_than_itself(qtbot: QtBot, theme: Theme, ring: FocusRing) -> None:
    """Else whatever streams or scrolls below it would be painted through it."""
    area = QWidget()
    qtbot.addWidget(area)
    message = QWidget(area)
    message.setGeometry(50, 50, 600, 400)
    area.resize(700, 500)
    area.show()
    ring.setWidget(message)
    mask = ring.mask()
    assert not mask.contains(ring.rect().center())
    assert not mask.contains(QPoint(ring.width() // 2, GAP))
    corner = theme.tokens.radius["control"] + GAP - 1
    assert mask.contains(QPoint(corner, corner))


def test_it_is_as_round_as_its_widget(qtbot: QtBot, theme: Theme, ring: FocusRing) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    chip = QWidget(area)
    chip.setGeometry(20, 20, 120, 24)
    round_off(chip, 12)
    area.resize(200, 80)
    area.show()
    ring.setWidget(chip)
    drawn = area.grab().toImage()
    focus = theme.color("focus_ring")
    at = place(ring, area)
    top = QColor(drawn.pixel(at.x() + ring.width() // 2, at.y()))
    assert top == focus
    corners = [QColor(drawn.pixel(at.x() + n, at.y() + n)) for n in range(round(0.29 * 15) + 3)]
    assert corners[0] == corners[1] == corners[2]  # nothing yet: a square has its line there
    assert corners[-3] != corners[0]


def test_it_outlives_a_dialog_that_closes(qtbot: QtBot, theme: Theme, ring: FocusRing) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    here = push_button(theme, "Here")
    QVBoxLayout(window).addWidget(here)
    window.show()
    dialog = QDialog(window)
    there = push_button(theme, "There")
    QVBoxLayout(dialog).addWidget(there)
    with qtbot.waitExposed(dialog):
        dialog.open()
    there.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: ring.widget() is there)
    dialog.close()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.deleteLater()
    window.activateWindow()
    here.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: isValid(ring) and ring.widget() is here and ring.isVisible())

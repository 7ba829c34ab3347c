"""The ring of the keyboard focus is seen all around, also where the parent ends."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.focus_ring import GAP
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

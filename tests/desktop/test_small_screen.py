"""Small laptops, and small screens at 150 %: nothing may lie out of reach."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QScrollArea, QWidget

from desktop.app import Desktop
from desktop.appearance_settings import TEXT_SIZE
from tests.desktop.every_view import every_view

SMALL = QSize(800, 560)
"""With larger text than usual, and room for the lines of the desktop."""


def is_scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above and not above.isWindow():
        if isinstance(above, QAbstractScrollArea):
            return True
        above = above.parentWidget()
    return False


def out_of_reach(root: QWidget) -> Iterator[str]:
    """What can be pressed and is neither seen nor scrolled to."""
    for kind in (QAbstractButton, QComboBox):
        for one in root.findChildren(kind):
            place = QRect(one.mapTo(root, QPoint()), one.size())
            is_here = one.isVisible() and one.window() is root and not is_scrolled(one)
            if is_here and not root.rect().contains(place):
                yield f"{one.accessibleName()} at {place.getRect()}"
    for area in root.findChildren(QScrollArea):
        never = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        inner = area.widget()
        if inner and area.isVisible() and never and inner.width() > area.viewport().width():
            yield f"{area.accessibleName()}: {inner.width()} wide, never scrolled"


@pytest.fixture(params=[100, 150])
def small(app: Desktop, request: pytest.FixtureRequest) -> Iterator[Desktop]:
    """With this text size, in per cent; the fonts are those of the whole process."""
    app.settings.set(TEXT_SIZE, request.param)
    app.window.resize(SMALL)
    yield app
    app.settings.set(TEXT_SIZE, 100)


def test_every_view_can_be_used(small: Desktop) -> None:
    for name, view in every_view(small):
        top = view.window()
        top.resize(top.size().boundedTo(SMALL))
        assert top.size().boundedTo(SMALL) == top.size(), name
        assert not list(out_of_reach(top)), name

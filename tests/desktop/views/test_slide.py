"""Panels that slide in: in their place in the end, at once where nothing is to move."""

import pytest
from PySide6.QtCore import QPropertyAnimation, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.appearance_settings import ANIMATIONS
from desktop.views.slide import slide_in


@pytest.fixture
def surface(app: Desktop) -> QWidget:
    """What the tree panel holds."""
    found = app.window.tree.findChild(QWidget, "tree")
    assert isinstance(found, QWidget)
    return found


def motions(widget: QWidget) -> list[QPropertyAnimation]:
    return widget.findChildren(
        QPropertyAnimation, options=Qt.FindChildOption.FindDirectChildrenOnly
    )


def test_the_tree_panel_comes_from_the_side(qtbot: QtBot, app: Desktop, surface: QWidget) -> None:
    app.window.resize(1400, 800)
    app.window.side.show_tree(shown=True)
    (motion,) = motions(surface)
    assert motion.startValue().x() == app.window.tree.width()
    assert motion.endValue().x() == 0
    qtbot.waitUntil(lambda: not motions(surface))
    assert surface.geometry() == app.window.tree.rect()


def test_without_animations_it_is_there_at_once(app: Desktop, surface: QWidget) -> None:
    app.settings.set(ANIMATIONS, value=False)
    app.window.resize(1400, 800)
    app.window.side.show_tree(shown=True)
    assert not motions(surface)
    assert surface.x() == 0


def test_a_drawer_is_in_its_place_also_where_the_window_changed(qtbot: QtBot, app: Desktop) -> None:
    window = app.window
    window.resize(900, 600)
    qtbot.waitUntil(lambda: not window.sidebar.isVisible())
    window.side.toggle()
    assert motions(window.sidebar)
    window.resize(860, 560)
    qtbot.waitUntil(lambda: not motions(window.sidebar))
    assert window.sidebar.x() == window.side.rail.width()
    assert window.sidebar.height() == window.side.height()


@pytest.mark.parametrize("from_end", [True, False])
@pytest.mark.parametrize("mirrored", [True, False])
def test_sides_are_those_of_the_language(
    qtbot: QtBot, app: Desktop, *, from_end: bool, mirrored: bool
) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    part = QWidget(area)
    part.resize(100, 50)
    if mirrored:
        area.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    area.show()
    motion = slide_in(app.theme, part, from_end=from_end)
    assert motion
    assert motion.startValue().x() == (100 if from_end is not mirrored else -100)


def test_what_is_not_seen_does_not_move(app: Desktop) -> None:
    assert slide_in(app.theme, QWidget(), from_end=True) is None

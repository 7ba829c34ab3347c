"""Parts in a row that go on in the next line, in both directions of reading."""

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.wrapping_row import LineText, WrappingRow


class Brick(QWidget):
    def __init__(self, width: int, height: int = 20) -> None:
        super().__init__()
        self._size = QSize(width, height)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._size

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._size.width() // 2, self._size.height())


@pytest.fixture
def wall(qtbot: QtBot) -> QWidget:
    wall = QWidget()
    row = WrappingRow(wall)
    row.setContentsMargins(5, 5, 5, 5)
    row.setSpacing(10)
    qtbot.addWidget(wall)
    return wall


def row_of(wall: QWidget) -> WrappingRow:
    row = wall.layout()
    assert isinstance(row, WrappingRow)
    return row


def laid(wall: QWidget, width: int) -> list[tuple[int, int, int, int]]:
    wall.resize(width, wall.heightForWidth(width))
    row_of(wall).setGeometry(wall.rect())
    items = [row_of(wall).itemAt(place) for place in range(row_of(wall).count())]
    bricks = [item.widget() for item in items if item]
    return [one.geometry().getRect() for one in bricks if one]  # type: ignore[misc]


def test_what_does_not_fit_goes_into_the_next_line(wall: QWidget) -> None:
    for _ in range(3):
        row_of(wall).addWidget(Brick(50))
    assert laid(wall, 180) == [(5, 5, 50, 20), (65, 5, 50, 20), (125, 5, 50, 20)]
    assert laid(wall, 179) == [(5, 5, 50, 20), (65, 5, 50, 20), (5, 35, 50, 20)]
    assert wall.heightForWidth(179) == 60
    assert wall.sizeHint() == QSize(180, 30)
    assert wall.minimumSizeHint() == QSize(35, 30)


def test_what_is_wider_than_the_row_is_made_as_wide(wall: QWidget) -> None:
    row_of(wall).addWidget(Brick(200))
    assert laid(wall, 110) == [(5, 5, 100, 20)]


def test_a_stretch_moves_the_rest_of_its_line_to_the_end(wall: QWidget) -> None:
    row_of(wall).addWidget(Brick(50))
    row_of(wall).addStretch()
    row_of(wall).addWidget(Brick(50))
    assert laid(wall, 300) == [(5, 5, 50, 20), (245, 5, 50, 20)]
    assert wall.sizeHint().width() == 120


def test_from_right_to_left_it_begins_at_the_right(wall: QWidget) -> None:
    wall.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    for _ in range(2):
        row_of(wall).addWidget(Brick(50))
    assert laid(wall, 200) == [(145, 5, 50, 20), (85, 5, 50, 20)]


def test_hidden_parts_take_no_room(wall: QWidget) -> None:
    first = Brick(50)
    row_of(wall).addWidget(first)
    row_of(wall).addWidget(Brick(40))
    first.hide()
    assert wall.sizeHint().width() == 50


def test_lower_parts_stand_in_the_middle_of_their_line(wall: QWidget) -> None:
    row_of(wall).addWidget(Brick(50, 40))
    row_of(wall).addWidget(Brick(50, 20))
    assert laid(wall, 200)[1] == (65, 15, 50, 20)


def test_text_takes_what_is_left_until_that_is_too_little(wall: QWidget) -> None:
    text = LineText(20)
    words = QVBoxLayout(text)
    words.setContentsMargins(0, 0, 0, 0)
    said = QLabel("all work and no play " * 5)
    said.setWordWrap(True)
    words.addWidget(said)
    row_of(wall).addWidget(text)
    row_of(wall).addWidget(Brick(50))
    least = 20 * said.fontMetrics().averageCharWidth()
    wide = laid(wall, least + 500)
    assert QRect(*wide[0]).width() == least + 500 - 70
    assert QRect(*wide[1]).left() == least + 500 - 55
    narrow = laid(wall, least + 69)
    assert QRect(*narrow[0]).width() == least + 59
    assert QRect(*narrow[1]).top() > QRect(*narrow[0]).bottom()
    assert wall.heightForWidth(least + 69) > wall.heightForWidth(least + 500)


def test_a_paragraph_is_as_wide_as_its_line_before_it_wraps(wall: QWidget) -> None:
    said = QLabel("all work and no play makes dull")
    said.setWordWrap(True)
    row_of(wall).addWidget(said)
    row_of(wall).addWidget(Brick(50))
    line = said.fontMetrics().horizontalAdvance(said.text())
    first, second = laid(wall, line + 300)
    assert QRect(*first).width() >= line
    assert QRect(*second).left() == QRect(*first).right() + 11

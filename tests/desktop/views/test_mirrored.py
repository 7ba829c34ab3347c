"""From right to left: what is read in that direction is mirrored, what is not stays as it is."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.error_text import ErrorText
from desktop.icons import themed_icon
from desktop.rounds import ReplyRound
from desktop.theme import Theme
from desktop.views.chip import StatusChip
from desktop.views.code_block import CodeView
from desktop.views.controls import IconButton, push_button
from desktop.views.layouts import set_margins
from desktop.views.markdown_blocks import CodeBlock
from desktop.views.memory_bars import MemoryBar
from desktop.views.model_list import ModelListView
from desktop.views.model_row_painter import ModelRowPainter
from desktop.views.notices import Banner
from desktop.views.prose import ProseView
from desktop.views.tree_canvas import TreeCanvas
from desktop.views.tree_rounds import RoundSlider
from desktop.views.tree_time import TimeBar
from desktop.views.user_message import UserMessage
from desktop.views.value_controls import ChoiceBox
from tests.desktop.fakes import FakeOpener, FakePlanner, round_stats


@pytest.fixture(autouse=True)
def from_right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def middle(widget: QWidget) -> int:
    """Where it is in its window, from the left."""
    return widget.mapTo(widget.window(), QPoint(widget.width() // 2, 0)).x()


def test_the_window_is_mirrored(qtbot: QtBot, app: Desktop) -> None:
    page, composer = app.window.page, app.window.page.composer
    assert middle(app.window.sidebar) > middle(page)
    assert middle(page.header.tree_button) < app.window.page.mapTo(app.window, QPoint()).x() + 200
    assert middle(composer) == middle(page)


def test_a_question_stands_at_the_left(qtbot: QtBot, app: Desktop) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    (question,) = app.window.findChildren(UserMessage)
    (chip,) = app.window.findChildren(StatusChip)
    bubble = question.parts()[0]
    assert middle(bubble) < middle(question) < middle(chip)


def test_code_reads_from_left_to_right(theme: Theme, qtbot: QtBot) -> None:
    view = CodeView(theme)
    qtbot.addWidget(view)
    view.show_block(CodeBlock("python", "x = 1"))
    (text,) = view.findChildren(QTextEdit)
    assert not text.isRightToLeft()


def test_the_tree_grows_from_the_left(qtbot: QtBot, app: Desktop) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.page.header.tree_button.click()
    assert_painted_the_same(app.window.findChildren(TreeCanvas)[0])


def test_memory_and_time_fill_from_where_reading_begins(theme: Theme, qtbot: QtBot) -> None:
    memory = MemoryBar(theme, FakePlanner().answer.devices[0])
    time = TimeBar(theme)
    time.show_stats(round_stats())
    for bar, height in ((memory, 11), (time, 30)):
        qtbot.addWidget(bar)
        bar.resize(600, bar.height())
        assert color_at(bar, 590, height) == theme.color("data_draft").name()
        assert color_at(bar, 10, height) != theme.color("data_draft").name()


def color_at(widget: QWidget, x: int, y: int) -> str:
    return widget.grab().toImage().pixelColor(x, y).name()


def test_rounds_run_as_reading_does(theme: Theme, qtbot: QtBot) -> None:
    slider = RoundSlider(theme)
    qtbot.addWidget(slider)
    slider.resize(300, slider.height())
    slider.show_rounds([ReplyRound(tokens=2)] * 5, 1)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(5, 50))
    assert slider.value() == 5
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 4  # back, as the button that points there


def test_a_row_of_models_begins_at_the_right(theme: Theme, qtbot: QtBot) -> None:
    view = ModelListView(theme, "Targets")
    qtbot.addWidget(view)
    painter = view.itemDelegate()
    assert isinstance(painter, ModelRowPainter)
    row = QRect(0, 0, 400, 58)
    assert painter.menu_area(row).right() < 40


@pytest.mark.parametrize(
    ("text", "side"), [("Words of a reply", 0), ("\u05e9\u05dc\u05d5\u05dd", 1)]
)
def test_prose_begins_where_its_own_text_does(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, text: str, side: int
) -> None:
    app.window.resize(1400, 800)
    opener.session.reply = text
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    (prose,) = app.window.page.messages.findChildren(ProseView)
    column = prose.parentWidget()
    assert column is not None
    assert prose.width() < column.width()
    assert prose.x() == side * (column.width() - prose.width())


def assert_painted_the_same(widget: QWidget) -> None:
    """In both directions."""
    widget.resize(600, 40)
    mirrored = widget.grab().toImage()
    widget.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert widget.grab().toImage() == mirrored


def test_the_words_of_a_choice_keep_clear_of_its_arrow(theme: Theme, qtbot: QtBot) -> None:
    box = ChoiceBox(theme, "Theme", {"light": "MMMMM"})
    qtbot.addWidget(box)
    box.show()
    arrow = 26
    mirrored = box.grab().toImage().copy(0, 0, arrow, box.height())
    box.setItemText(0, "     ")
    assert box.grab().toImage().copy(0, 0, arrow, box.height()) == mirrored


def test_the_line_beside_the_rail_is_where_the_drawer_begins(qtbot: QtBot, app: Desktop) -> None:
    app.window.resize(900, 600)
    qtbot.waitUntil(lambda: not app.window.sidebar.isVisible())
    app.window.side.toggle()
    rail, drawer = app.window.side.rail, app.window.sidebar
    qtbot.waitUntil(lambda: drawer.geometry().right() == rail.geometry().left() - 1)


def test_what_points_forwards_points_to_the_left(theme: Theme, qtbot: QtBot) -> None:
    forwards, backwards = (
        IconButton(theme, "chevron-right", "a"),
        IconButton(theme, "chevron-left", "b"),
    )
    for button in (forwards, backwards):
        qtbot.addWidget(button)
    mirrored = forwards.grab().toImage()
    backwards.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert mirrored == backwards.grab().toImage()


def test_the_sign_of_a_banner_stands_before_its_words(qtbot: QtBot, app: Desktop) -> None:
    banner = Banner(app.theme)
    qtbot.addWidget(banner)
    banner.resize(600, 80)
    banner.show_error(ErrorText("", ""))
    picture = banner.grab().toImage()
    middle = range(banner.height() // 2 - 8, banner.height() // 2 + 8)
    ground = picture.pixelColor(300, banner.height() // 2)
    sign = range(banner.width() - 30, banner.width() - 14)
    assert any(picture.pixelColor(x, y) != ground for x in sign for y in middle)


def test_margins_are_those_of_the_side_where_reading_begins(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    row = QHBoxLayout(widget)
    set_margins(row, 20, 1, 8, 2)
    assert row.contentsMargins() == QMargins(8, 1, 20, 2)


def test_an_arrow_forwards_points_to_the_left(theme: Theme, qtbot: QtBot) -> None:
    button = push_button(theme, "Go", icon="arrow-right")
    qtbot.addWidget(button)
    backwards = themed_icon(theme, "arrow-left", "text")
    assert button.icon().pixmap(16).toImage() == backwards.pixmap(16).toImage()

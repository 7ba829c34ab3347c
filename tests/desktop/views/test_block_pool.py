"""Widgets of blocks that wait for the next block: where they stand meanwhile, and until when."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.block_pool import BlockPool
from desktop.views.leaving import Leaving
from desktop.views.markdown_blocks import CodeBlock, ProseBlock
from desktop.views.prose import ProseView

PROSE = ProseBlock("<p>words</p>")


@pytest.fixture
def pool(theme: Theme) -> BlockPool:
    return BlockPool(theme, Leaving())


@pytest.fixture
def columns(qtbot: QtBot) -> tuple[QWidget, QWidget]:
    both = QWidget(), QWidget()
    for column in both:
        qtbot.addWidget(column)
    return both


def test_one_that_waits_in_the_column_comes_back_there(
    pool: BlockPool, columns: tuple[QWidget, QWidget]
) -> None:
    first, second = columns
    here, there = pool.take(PROSE, first), pool.take(PROSE, second)
    pool.give(here)
    pool.give(there)
    assert here.isHidden()
    assert here.parent() is first
    assert pool.take(PROSE, first) is here
    assert pool.take(PROSE, first) is there
    assert there.parent() is first


def test_each_kind_of_block_gets_a_widget_of_its_kind(
    pool: BlockPool, columns: tuple[QWidget, QWidget]
) -> None:
    prose = pool.take(PROSE, columns[0])
    pool.give(prose)
    assert pool.take(CodeBlock("python", "x = 1"), columns[0]) is not prose


def test_what_waits_outlives_its_column(
    qtbot: QtBot, pool: BlockPool, columns: tuple[QWidget, QWidget]
) -> None:
    column = QWidget()
    view = pool.take(PROSE, column)
    pool.give(view)
    pool.take_home(column)
    with qtbot.waitSignal(column.destroyed):
        column.deleteLater()
    again = pool.take(PROSE, columns[0])
    assert again is view
    assert isinstance(again, ProseView)
    again.show_block(PROSE)
    assert again.shown_text == "words"

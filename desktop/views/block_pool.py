"""Widgets of blocks that went out of view, kept for those that come into it.

Making such a widget takes several times as long as filling it with another text.
"""

from collections import defaultdict
from itertools import chain
from typing import Final, TypeAlias

from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.views.code_block import CodeView
from desktop.views.leaving import Leaving
from desktop.views.markdown_blocks import Block, CodeBlock
from desktop.views.prose import ProseView
from desktop.views.table_view import TableView

BlockView: TypeAlias = ProseView | CodeView

_KEPT: Final = 24
"""Of each kind: about what two screens hold."""


class BlockPool:
    """Gives widgets and takes them back.

    What waits stays hidden where it stood, for the next block there: to go to another parent takes
    as long as to be filled.
    """

    def __init__(self, theme: Theme, leaving: Leaving) -> None:
        self._theme = theme
        self._home = QWidget()
        """Never shown; what waits stands in it once its column has gone."""
        self._waiting: dict[type[BlockView], list[BlockView]] = defaultdict(list)
        self._leaving = leaving

    def take(self, block: Block, parent: QWidget) -> BlockView:
        """A widget for such a block, which it does not show yet."""
        kind = kind_of(block)
        waiting = self._waiting[kind]
        if waiting:
            view = next((view for view in waiting if view.parent() is parent), waiting[-1])
            waiting.remove(view)
            if view.parent() is not parent:
                view.setParent(parent)
            return view
        view = kind(self._theme, parent)
        if type(view) is ProseView:
            view.keep_readable()
        return view

    def give(self, view: BlockView) -> None:
        """Nobody needs it any more."""
        view.hide()
        waiting = self._waiting[type(view)]
        if len(waiting) < _KEPT:
            view.forget()
            waiting.append(view)
        else:
            self._leaving.take(view)

    def take_home(self, column: QWidget) -> None:
        """Keep what waits in a column that goes."""
        for view in chain.from_iterable(self._waiting.values()):
            if view.parent() is column:
                view.setParent(self._home)


def kind_of(block: Block) -> type[BlockView]:
    """The widget for such a block."""
    if isinstance(block, CodeBlock):
        return CodeView
    return TableView if block.is_table else ProseView

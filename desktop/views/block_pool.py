"""Widgets of blocks that went out of view, kept for those that come into it.

Making such a widget takes several times as long as filling it with another text.
"""

from collections import defaultdict
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
    """Gives widgets and takes them back."""

    def __init__(self, theme: Theme, leaving: Leaving) -> None:
        self._theme = theme
        self._home = QWidget()
        """Never shown; what waits stands in it."""
        self._waiting: dict[type[BlockView], list[BlockView]] = defaultdict(list)
        self._leaving = leaving

    def take(self, block: Block, parent: QWidget) -> BlockView:
        """A widget for such a block, which it does not show yet."""
        kind = kind_of(block)
        waiting = self._waiting[kind]
        if waiting:
            view = waiting.pop()
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
            view.setParent(self._home)
            waiting.append(view)
        else:
            self._leaving.take(view)


def kind_of(block: Block) -> type[BlockView]:
    """The widget for such a block."""
    if isinstance(block, CodeBlock):
        return CodeView
    return TableView if block.is_table else ProseView

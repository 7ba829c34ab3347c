"""The blocks of a reply below each other."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.conversations.values import StoredMessage, TextOrigins
from desktop.rounds import token_spans
from desktop.text_alignment import Mark, align, align_code, marks
from desktop.theme import Theme
from desktop.thought import thought_of
from desktop.views.code_block import CodeView
from desktop.views.markdown_blocks import Block, CodeBlock, ProseBlock
from desktop.views.prose import ProseView
from desktop.views.table_view import TableView
from desktop.views.tree_marks import NO_MARKS, Marked, TokenMarks

BlockView: TypeAlias = ProseView | CodeView


class BlockColumn(QWidget):
    """The blocks of one reply, one widget each; only what changed is laid out again.

    Signals:
        link_chosen(QUrl)
    """

    link_chosen = Signal(QUrl)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views: list[BlockView] = []
        self._marked_text = ("", 0, 0)
        """What `_marks` are of."""
        self._marks: list[Sequence[Mark]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    @property
    def views(self) -> Sequence[BlockView]:
        """The widgets of the blocks, from top to bottom."""
        return self._views

    def show_blocks(self, blocks: Sequence[Block], *, growing: bool) -> None:
        """Show `blocks`; while `growing` the last one has a caret and no colours yet."""
        for index, block in enumerate(blocks):
            last = growing and index == len(blocks) - 1
            view = self._view_for(index, block)
            if isinstance(view, CodeView) and isinstance(block, CodeBlock):
                view.show_block(block, colored=not last)
            elif isinstance(view, ProseView) and isinstance(block, ProseBlock):
                view.show_block(block, caret=last)
        for view in self._views[len(blocks) :]:
            self._drop(view)
        del self._views[len(blocks) :]

    def show_marks(self, message: StoredMessage, found: TokenMarks, *, growing: bool) -> None:
        """Mark the tokens of the blocks shown, or none where marks are not wanted.

        While `growing` the last block waits: it is laid out anew at each frame.
        """
        origins = found.origins(message) if found.shown else ()
        if not origins:
            self._clear_marks()
            return
        rounds, lit = found.rounds(message), found.lit_round(message.id)
        views = self._views[:-1] if growing else self._views
        for view, its in zip(views, self._marks_of(message, origins, views), strict=True):
            view.show_marks(Marked(its, lit, rounds))

    def _marks_of(
        self, message: StoredMessage, origins: Sequence[TextOrigins], views: Sequence[BlockView]
    ) -> Sequence[Sequence[Mark]]:
        """The marks of each view; kept, for the tokens stay in place while rounds are lit."""
        text = (message.text, len(origins), len(views))
        if text != self._marked_text:
            spans, start = list(token_spans(origins)), thought_of(message).reply_start
            self._marked_text, self._marks = text, []
            for view in views:
                find = align_code if isinstance(view, CodeView) else align
                places, start = find(message.text, start, view.shown_text)
                self._marks.append(marks(places, view.shown_text, spans))
        return self._marks

    def _clear_marks(self) -> None:
        for view in self._views:
            view.show_marks(NO_MARKS)

    def _view_for(self, index: int, block: Block) -> BlockView:
        if index < len(self._views):
            if type(self._views[index]) is _kind(block):
                return self._views[index]
            self._drop(self._views.pop(index))
        view = self._make(block)
        self._views.insert(index, view)
        self._column.insertWidget(index, view)
        # A layout shows it in its own time, and counts it as nothing before: a frame without it.
        view.show()
        return view

    def _make(self, block: Block) -> BlockView:
        view = _kind(block)(self._theme)
        if isinstance(view, ProseView):
            view.link_chosen.connect(self.link_chosen)
        if type(view) is ProseView:
            view.keep_readable()
        return view

    def _drop(self, view: BlockView) -> None:
        self._column.removeWidget(view)
        view.hide()
        view.deleteLater()


def _kind(block: Block) -> type[BlockView]:
    if isinstance(block, CodeBlock):
        return CodeView
    return TableView if block.is_table else ProseView

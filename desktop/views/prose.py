"""Prose of a reply: one block of Markdown as its own renderer made it."""

import re
from collections.abc import Sequence
from html import unescape
from string import Template
from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QWidget

from desktop.text_alignment import Mark
from desktop.theme import Theme
from desktop.views.markdown_blocks import ProseBlock
from desktop.views.text_block import Layer, TextBlock
from desktop.views.tree_marks import NO_MARKS, Marked
from engine.language import tr

CARET: Final = "\u258b"
_TABLE_ROOM: Final = 32
_STYLE: Final = Template(
    """
    p, ul, ol, blockquote, table { margin: 0; }
    li p { margin: 0 0 4px 0; }
    h1 { font-size: ${h1}pt; font-weight: 600; margin: 8px 0 0 0; }
    h2 { font-size: ${h2}pt; font-weight: 600; margin: 6px 0 0 0; }
    h3, h4, h5, h6 { font-size: ${h3}pt; font-weight: 600; margin: 4px 0 0 0; }
    a { color: $accent; text-decoration: none; }
    code { font-family: "$mono"; font-size: ${code}pt; background-color: $hover; }
    blockquote { color: $muted; margin-left: 16px; }
    th { font-weight: 600; text-align: left; }
    """
)


_CLOSED: Final = re.compile(r"(?:\s*</(?:p|li|ul|ol|blockquote|h[1-6])>)+$")
_SPACE: Final = re.compile(r"[ \n\t]+")
_OTHER_SPACE: Final = re.compile(r"[^\S \n\t]")


def added_words(before: str, after: str) -> str | None:
    """The words that stand at the end of HTML `after` and not of `before`, if that is all.

    None where something else is different, or may be.
    """
    closed = _CLOSED.search(before)
    if closed is None or len(after) < len(before):
        return None
    written, end = before[: closed.start()], closed[0]
    more = after[len(written) : len(after) - len(end)]
    # Behind a tag that closes the look of what follows is not that of what stands before it.
    if after != written + more + end or written.endswith(">") or "<" in more:
        return None
    words = unescape(more)
    return None if _OTHER_SPACE.search(words) else _SPACE.sub(" ", words)


class ProseView(TextBlock):
    """One block of prose.

    Signals:
        link_chosen(QUrl): the person chose a link; nothing was opened yet
    """

    link_chosen = Signal(QUrl)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Text of the reply"), parent)
        self._theme = theme
        self._is_readable = False
        self._block = ProseBlock("")
        self._caret = False
        self._marked = NO_MARKS
        """What the document carries now."""
        self._take_theme()
        self.anchorClicked.connect(self.link_chosen)
        theme.changed.connect(self._show_theme)

    def show_block(self, block: ProseBlock, *, caret: bool = False) -> None:
        """Show `block`, with a caret at its end while it still grows."""
        if (block, caret) == (self._block, self._caret):
            return
        former, self._block = self._block, block
        had_caret, self._caret = self._caret, caret
        more = (
            added_words(former.html, block.html) if had_caret and not self._marked.marks else None
        )
        if more is None:
            self._render()
        else:
            self._append(more)

    def _append(self, words: str) -> None:
        """What stands there stays, so that little is laid out and painted anew."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.movePosition(QTextCursor.MoveOperation.Left)
        look = cursor.charFormat()
        cursor.beginEditBlock()
        cursor.insertText(words, look)
        if not self._caret:
            cursor.deleteChar()
        cursor.endEditBlock()
        self.updateGeometry()

    def forget(self) -> None:
        super().forget()
        self._caret, self._marked = False, NO_MARKS
        # Of no block: the next one is new, whatever it is.
        self._block = ProseBlock("", is_table=True)

    def keep_readable(self) -> None:
        """Be no wider than a line reads well, in each size of the text."""
        self._is_readable = True
        self.setMaximumWidth(self._theme.prose_width)

    @property
    def runs_to_left(self) -> bool:
        """Whether its text begins at the right, as its first letter has it."""
        return self.document().firstBlock().textDirection() is Qt.LayoutDirection.RightToLeft

    @property
    def takes_tab(self) -> bool:
        return "<a " in self._block.html

    @property
    def shown_text(self) -> str:
        """The text as it is shown, without the caret."""
        text = self.document().toPlainText()
        return text[: -len(CARET)] if self._caret else text

    @property
    def marks(self) -> Sequence[Mark]:
        """The tokens that are marked in the text as it is now."""
        return self._marked.marks

    def show_marks(self, marked: Marked) -> None:
        """Mark tokens of the text shown."""
        if marked.marks != self._marked.marks:
            if self._marked.marks:
                self._render()
            marked.put_on(self.document(), self._theme)
        self._marked = marked
        marked.light(self, self._theme)

    def _take_theme(self) -> None:
        font = self._theme.font("message")
        self.document().setDefaultFont(font)
        self.document().setDefaultStyleSheet(self._style(font.pointSizeF()))

    def _show_theme(self) -> None:
        if self._is_readable:
            self.setMaximumWidth(self._theme.prose_width)
        self._take_theme()
        marked = self._marked
        self._render()
        self.show_marks(marked)

    def _render(self) -> None:
        self.setHtml(self._block.html)
        self._format_blocks()
        self._marked = NO_MARKS
        self.uncover(Layer.LIT)
        if self._caret:
            self._add_caret()
        self.updateGeometry()

    def _style(self, points: float) -> str:
        mono = self._theme.font("code")
        names = ("accent", "hover", "muted")
        return _STYLE.substitute(
            {name: self._theme.color(name).name() for name in names},
            mono=mono.family(),
            code=round(points * 0.9, 1),
            h1=round(points * 1.5, 1),
            h2=round(points * 1.35, 1),
            h3=round(points * 1.2, 1),
        )

    def _format_blocks(self) -> None:
        """Line heights and table borders, which a style sheet cannot express."""
        height = self._theme.line_height("message")
        # In one edit: else each line height would lay the text out again.
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        block = self.document().firstBlock()
        while block.isValid():
            cursor = QTextCursor(block)
            table: QTextTable | None = cursor.currentTable()
            line = QTextBlockFormat()
            kind = QTextBlockFormat.LineHeightTypes
            heading = block.blockFormat().headingLevel() > 0
            fixed = kind.MinimumHeight if heading else kind.FixedHeight
            line.setLineHeight(height, fixed.value)
            cursor.mergeBlockFormat(line)
            if table is not None and table.firstPosition() == block.position():
                self._format_table(table)
            block = block.next()
        edit.endEditBlock()

    def _format_table(self, table: QTextTable) -> None:
        shape = table.format()
        shape.setBorder(0)
        shape.setCellSpacing(0)
        shape.setCellPadding(0)
        shape.setBorderCollapse(True)
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        shape.setWidth(QTextLength(QTextLength.Type.VariableLength, 0))
        table.setFormat(shape)
        for row in range(table.rows()):
            line = self._theme.color("border_strong" if row == 0 else "border")
            for column in range(table.columns()):
                self._format_cell(table, row, column, line)

    def _format_cell(self, table: QTextTable, row: int, column: int, line: QColor) -> None:
        cell = table.cellAt(row, column)
        shape = cell.format().toTableCellFormat()
        shape.setBottomBorder(1)
        shape.setBottomBorderBrush(line)
        shape.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        shape.setTopPadding(4)
        shape.setBottomPadding(4)
        shape.setRightPadding(_TABLE_ROOM)
        cell.setFormat(shape)

    def _add_caret(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        look = QTextCharFormat()
        look.setForeground(self._theme.color("accent"))
        look.clearProperty(QTextFormat.Property.BackgroundBrush)
        cursor.insertText(CARET, look)

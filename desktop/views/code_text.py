"""The text of a code block: coloured, scrolling sideways or wrapped, and growing line by line."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from desktop.theme import Theme
from desktop.views.code_colors import color_spans
from desktop.views.text_block import Layer, TextBlock
from desktop.views.tree_marks import NO_MARKS, Marked
from engine.language import tr

RECOLOR_MS: Final = 700
"""Between two colourings of code that grows: each of them reads the whole of it."""


_Tinted: TypeAlias = tuple[int, int, int, bool]
"""A part of a line: start, length, colour, and whether it leans."""


class CodeText(TextBlock):
    """Code of one language."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("Code"))
        self._theme = theme
        self._code = ""
        self._language = ""
        self._growing = False
        self._marked = NO_MARKS
        """What the document carries now."""
        self._colored: dict[int, list[_Tinted]] = {}
        """What is coloured now, by the number of the line."""
        self._color_soon = QTimer(self, singleShot=True, interval=RECOLOR_MS)
        self._color_soon.timeout.connect(self._color)
        self.setAcceptRichText(False)
        # Code runs from left to right in every language of the window.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.wrap(wrapped=False)

    @property
    def takes_tab(self) -> bool:
        return True

    def wrap(self, *, wrapped: bool) -> None:
        """Break long lines, or scroll sideways."""
        policy = Qt.ScrollBarPolicy
        mode, wrap = QTextEdit.LineWrapMode, QTextOption.WrapMode
        self.setLineWrapMode(mode.WidgetWidth if wrapped else mode.NoWrap)
        self.setWordWrapMode(wrap.WrapAtWordBoundaryOrAnywhere if wrapped else wrap.NoWrap)
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if wrapped else policy.ScrollBarAsNeeded
        )
        self.updateGeometry()

    def show_code(self, code: str, language: str, *, growing: bool) -> None:
        """Show `code`; while it grows, lines get their colours some time after they end."""
        more = code[len(self._code) :] if growing and code.startswith(self._code) else ""
        if more and self._code:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(more, QTextCharFormat())  # not marked as the token before it
        elif code != self._code or not (growing and self._growing):
            self._show_all(code)
        self._code, self._language, self._growing = code, language, growing
        if not growing:
            self._color_soon.stop()
            self._color()
        elif not self._color_soon.isActive():
            self._color_soon.start()
        self.updateGeometry()

    def show_marks(self, marked: Marked) -> None:
        """Mark tokens of the code: colours are laid over its lines and stay."""
        if marked.marks != self._marked.marks:
            self._unmark()
            marked.put_on(self.document(), self._theme)
        self._marked = marked
        marked.light(self, self._theme)

    def _unmark(self) -> None:
        if self._marked.marks:
            self._marked = NO_MARKS
            self.uncover(Layer.LIT)
            everything = QTextCursor(self.document())
            everything.select(QTextCursor.SelectionType.Document)
            everything.setCharFormat(QTextCharFormat())

    def _measured(self, width: int) -> int:
        if self.lineWrapMode() is QTextEdit.LineWrapMode.WidgetWidth:
            return super()._measured(width)
        bar = self.horizontalScrollBar().sizeHint().height()
        lines = self.document().blockCount() * self._theme.line_height("code")
        return lines + (bar if self.document().idealWidth() > width else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QTextBrowser.resizeEvent(self, event)

    def _show_all(self, code: str) -> None:
        self._theme.dress(self, "code")
        self._unmark()  # or the new text would look like its first token
        self.setPlainText(code)
        line = QTextBlockFormat()
        kind = QTextBlockFormat.LineHeightTypes.FixedHeight
        line.setLineHeight(self._theme.line_height("code"), kind.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(line)
        self._colored = {}

    def _color(self) -> None:
        # Once for each line: through a cursor, each span would lay its whole line out again.
        colored: dict[int, list[_Tinted]] = defaultdict(list)
        ended = self._code.rpartition("\n")[0] if self._color_soon.isActive() else self._code
        for start, length, tint in color_spans(ended, self._language):
            self._add(colored, start, start + length, tint)
        former, self._colored = self._colored, dict(colored)
        numbers = former.keys() | colored.keys()
        self._put(sorted(at for at in numbers if former.get(at) != colored.get(at)))

    def _put(self, numbers: Sequence[int]) -> None:
        """Give these lines their colours, and lay out what lies between the first and the last."""
        if not numbers:
            return
        document = self.document()
        for number in numbers:
            formats = [_format_range(part) for part in self._colored.get(number, ())]
            document.findBlockByNumber(number).layout().setFormats(formats)
        first, last = map(document.findBlockByNumber, (numbers[0], numbers[-1]))
        length = last.position() + last.length() - first.position()
        document.markContentsDirty(first.position(), length)

    def _add(self, colored: dict[int, list[_Tinted]], start: int, end: int, tint: str) -> None:
        """The span as one part of each line it touches."""
        color, leans = self._theme.color(tint).rgb(), tint == "syntax_comment"
        line = self.document().findBlock(start)
        while line.isValid() and line.position() < end:
            first = max(start, line.position())
            length = min(end, line.position() + line.length()) - first
            colored[line.blockNumber()].append((first - line.position(), length, color, leans))
            line = line.next()


def _format_range(part: _Tinted) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    look = QTextCharFormat()
    span.start, span.length, color, leans = part
    look.setForeground(QColor.fromRgb(color))
    look.setFontItalic(leans)
    span.format = look
    return span

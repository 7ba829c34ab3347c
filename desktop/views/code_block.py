"""A fenced code block: language and copy above, the code below, scrolling sideways."""

from collections import defaultdict
from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import (
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import Theme
from desktop.views.code_colors import color_spans
from desktop.views.controls import IconButton, label
from desktop.views.markdown_blocks import CodeBlock
from desktop.views.text_block import TextBlock
from engine.language import tr

HEADER: Final = 32
COPIED_MS: Final = 2000
_SIDE: Final = 14
_TOP, _BOTTOM = 10, 12


class _CodeText(TextBlock):
    """The code itself: no wrapping, no scrolling up and down."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("Code"))
        self._theme = theme
        self.setAcceptRichText(False)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        # Code runs from left to right in every language of the window.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def heightForWidth(self, width: int) -> int:
        bar = self.horizontalScrollBar().sizeHint().height()
        lines = self.document().blockCount() * self._theme.line_height("code")
        return lines + (bar if self.document().idealWidth() > width else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QTextBrowser.resizeEvent(self, event)

    def show_code(self, block: CodeBlock, *, colored: bool) -> None:
        self._theme.dress(self, "code")
        self.setPlainText(block.code)
        line = QTextBlockFormat()
        kind = QTextBlockFormat.LineHeightTypes.FixedHeight
        line.setLineHeight(self._theme.line_height("code"), kind.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(line)
        if colored:
            self._color(block)
        self.updateGeometry()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways here, up and down in the chat."""
        if abs(event.angleDelta().x()) > abs(event.angleDelta().y()):
            super().wheelEvent(event)
        else:
            event.ignore()

    def _color(self, block: CodeBlock) -> None:
        # Once for each line: through a cursor, each span would lay its whole line out again.
        ranges: dict[int, list[QTextLayout.FormatRange]] = defaultdict(list)
        for start, length, tint in color_spans(block.code, block.language):
            self._add_ranges(ranges, start, start + length, self._look(tint))
        for number, formats in ranges.items():
            line = self.document().findBlockByNumber(number)
            line.layout().setFormats(formats)
            self.document().markContentsDirty(line.position(), line.length())

    def _add_ranges(
        self,
        ranges: dict[int, list[QTextLayout.FormatRange]],
        start: int,
        end: int,
        look: QTextCharFormat,
    ) -> None:
        """The span as one range for each line it touches."""
        line = self.document().findBlock(start)
        while line.isValid() and line.position() < end:
            span = QTextLayout.FormatRange()
            first = max(start, line.position())
            span.start = first - line.position()
            span.length = min(end, line.position() + line.length()) - first
            span.format = look
            ranges[line.blockNumber()].append(span)
            line = line.next()

    def _look(self, tint: str) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setForeground(self._theme.color(tint))
        look.setFontItalic(tint == "syntax_comment")
        return look


class CodeView(QWidget):
    """One code block of a reply."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._block = CodeBlock("", "")
        self._colored = True
        self._language = label(theme, role="small", tone="muted")
        self._copy = IconButton(theme, "copy", tr("Copy the code"))
        self._copy.clicked.connect(self._copy_code)
        self._text = _CodeText(theme)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(lambda: self._copy.show_icon("copy"))
        self._lay_out()
        theme.changed.connect(self._render)

    def show_block(self, block: CodeBlock, *, colored: bool = True) -> None:
        """Show `block`; colours wait until it stops growing."""
        if (block, colored) != (self._block, self._colored):
            self._block, self._colored = block, colored
            self._render()

    @property
    def shown_text(self) -> str:
        """The code."""
        return self._block.code

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("code_background"))
        radius = self._theme.tokens.radius["block"]
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.fillRect(1, HEADER, self.width() - 2, 1, self._theme.color("border"))
        painter.end()

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(_SIDE, 0, 4, 0)
        header.addWidget(self._language, 1)
        header.addWidget(self._copy)
        body = QVBoxLayout()
        body.setContentsMargins(_SIDE, _TOP, _SIDE, _BOTTOM)
        body.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        self._copy.setFixedHeight(HEADER)
        column.addSpacing(1)
        column.addLayout(body)

    def _render(self) -> None:
        language = self._block.language or "text"
        self._language.setText(language)
        self._text.setAccessibleName(tr("Code, {language}").format(language=language))
        self._text.show_code(self._block, colored=self._colored)

    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self._block.code)
        self._copy.show_icon("check", "success")
        self._copied.start()

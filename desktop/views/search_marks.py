"""Hits made visible: in the text of messages, and in one painted line."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop.conversations.query import Mark, Query, Snippet
from desktop.theme import Theme

NOTHING: Final = Query(())
_LEAD: Final = 14
_STRONG: Final = ("L", "R", "AL")
_BEYOND_UTF16: Final = "\uffff"


def mark_hits(widget: QWidget, query: Query, theme: Theme) -> QTextEdit | None:
    """Highlight every hit in the texts of `widget`; the first text that has one."""
    look = QTextCharFormat()
    look.setBackground(theme.color("warning_soft"))
    look.setForeground(theme.color("text"))
    first: QTextEdit | None = None
    for view in widget.findChildren(QTextEdit):
        selections = [
            _selection(view, look, start, end)
            for start, end in qt_spans(view.toPlainText(), query.marks(view.toPlainText()))
        ]
        view.setExtraSelections(selections)
        first = first or (view if selections else None)
    return first


def hit_top(view: QTextEdit) -> int:
    """How far below the top of `view` its first hit stands."""
    return view.cursorRect(view.extraSelections()[0].cursor).top()  # type: ignore[attr-defined]


def qt_spans(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Where marks begin and end as Qt counts: in UTF-16, where some characters take two places."""
    if not text or max(text) <= _BEYOND_UTF16:
        return [(mark.start, mark.end) for mark in marks]
    spans: list[tuple[int, int]] = []
    done, place = 0, 0
    for mark in marks:
        start = place + _utf16_length(text[done : mark.start])
        place = start + _utf16_length(text[mark.start : mark.end])
        done = mark.end
        spans.append((start, place))
    return spans


def visible_part(snippet: Snippet) -> Snippet:
    """The snippet cut so that its first hit stands near the beginning of a narrow line."""
    first = snippet.marks[0].start if snippet.marks else 0
    if first <= _LEAD:
        return snippet
    space = snippet.text.find(" ", first - _LEAD, first)
    cut = space + 1 if space >= 0 else first - _LEAD
    shift = cut - 1
    marks = tuple(Mark(mark.start - shift, mark.end - shift) for mark in snippet.marks)
    return Snippet("…" + snippet.text[cut:], marks)


def paint_marked(
    painter: QPainter, room: QRectF, snippet: Snippet, font: QFont, tints: tuple[QColor, QColor]
) -> None:
    """One line cut at its end, its hits bold; `tints` are those of the text and of the hits."""
    layout = QTextLayout(snippet.text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    layout.setFormats(_bold(snippet, tints[1]))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(room.width())
    layout.endLayout()
    painter.save()
    painter.setClipRect(room)
    painter.setPen(tints[0])
    at_right = room.right() - line.naturalTextWidth()
    left = at_right if is_rtl(snippet.text) else room.left()
    layout.draw(painter, QPointF(left, room.top()))
    painter.restore()


def _bold(snippet: Snippet, tint: QColor) -> list[QTextLayout.FormatRange]:
    look = QTextCharFormat()
    look.setFontWeight(QFont.Weight.DemiBold)
    look.setForeground(tint)
    ranges: list[QTextLayout.FormatRange] = []
    for start, end in qt_spans(snippet.text, snippet.marks):
        span = QTextLayout.FormatRange()
        span.start, span.length, span.format = start, end - start, look
        ranges.append(span)
    return ranges


def _selection(
    view: QTextEdit, look: QTextCharFormat, start: int, end: int
) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    cursor = QTextCursor(view.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    selection.cursor = cursor  # type: ignore[attr-defined]  # missing in the stubs
    selection.format = look  # type: ignore[attr-defined]
    return selection


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is of a right-to-left script."""
    directions = map(unicodedata.bidirectional, text)
    return next((one for one in directions if one in _STRONG), "L") != "L"


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

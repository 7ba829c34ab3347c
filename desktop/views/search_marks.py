"""Hits made visible in one painted line."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from desktop.conversations.query import Mark, Query, Snippet
from desktop.views.bidi import is_rtl

NOTHING: Final = Query(())
_LEAD: Final = 14
_BOLD_IS_WIDER: Final = 6.0
_LAST_OF_ONE_UNIT: Final = "\uffff"


def qt_spans(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Where marks begin and end as Qt counts: in UTF-16, where some characters take two places."""
    if not text or max(text) <= _LAST_OF_ONE_UNIT:
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
    snippet = _cut(snippet, QFontMetricsF(font), room.width() - _BOLD_IS_WIDER)
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


def _cut(snippet: Snippet, metrics: QFontMetricsF, width: float) -> Snippet:
    text = metrics.elidedText(snippet.text, Qt.TextElideMode.ElideRight, width)
    if text == snippet.text:
        return snippet
    end = len(text) - 1
    marks = (Mark(mark.start, min(mark.end, end)) for mark in snippet.marks if mark.start < end)
    return Snippet(text, tuple(marks))


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


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

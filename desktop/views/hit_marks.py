"""Hits of a search made visible in the messages."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop.conversations.query import Query
from desktop.theme import Theme
from desktop.views.search_marks import NOTHING, qt_spans
from desktop.views.text_block import Layer, TextBlock


@dataclass(frozen=True)
class ShownHit:
    """A hit in a text of a message."""

    view: TextBlock
    start: int
    end: int

    def below(self, message: QWidget) -> int:
        """How far below the top of its message it stands."""
        place = self.view.cursorRect(_cursor(self.view, self.start, self.start))
        return self.view.mapTo(message, place.topLeft()).y()

    def stand_out(self, theme: Theme) -> None:
        """Show that this is the hit one looks at, and bring it into view sideways."""
        look = QTextCharFormat()
        look.setBackground(theme.color("accent"))
        look.setForeground(theme.color("accent_text"))
        self.view.lay_over(Layer.HIT, [_selection(self.view, look, self.start, self.end)])
        bar, place = (
            self.view.horizontalScrollBar(),
            self.view.cursorRect(_cursor(self.view, self.end, self.end)),
        )
        if not 0 <= place.x() <= self.view.viewport().width():
            bar.setValue(bar.value() + place.x() - self.view.viewport().width() // 2)


class HitMarks:
    """Marks the hits of one search in the messages, and lets one of them stand out."""

    def __init__(self, theme: Theme, messages: QWidget) -> None:
        self._theme = theme
        self._messages = messages
        self.query = NOTHING
        """What is looked for now."""

    def show(self, query: Query) -> None:
        """Mark the hits of another search, from now on."""
        self.query = query
        self._mark_all(self._messages)

    def mark(self, widget: QWidget) -> None:
        """Mark the hits in a message that was made or has grown."""
        if self.query.terms:
            self._mark_all(widget)

    def first_in(self, widget: QWidget) -> int:
        """How far below the top of a message its first hit stands; 0 if it has none."""
        hits = shown_hits(widget, self.query)
        return hits[0].below(widget) if hits else 0

    def choose(self, widget: QWidget, number: int) -> int:
        """Let one hit stand out; how far below the top of the message it stands.

        What is looked for may stand in the source only, as in the address of a link: then it is
        the last hit, or none.
        """
        self._mark_all(self._messages)
        hits = shown_hits(widget, self.query)
        if not hits:
            return 0
        hit = hits[min(number, len(hits) - 1)]
        hit.stand_out(self._theme)
        return hit.below(widget)

    def _mark_all(self, widget: QWidget) -> None:
        look = QTextCharFormat()
        look.setBackground(self._theme.color("warning_soft"))
        look.setForeground(self._theme.color("warning"))
        for view in widget.findChildren(TextBlock):
            spans = _spans(view, self.query)
            view.lay_over(Layer.HITS, [_selection(view, look, *span) for span in spans])
            view.lay_over(Layer.HIT, ())


def shown_hits(widget: QWidget, query: Query) -> list[ShownHit]:
    """The hits in the texts of `widget`, from top to bottom."""
    views = sorted(
        widget.findChildren(TextBlock), key=lambda view: view.mapTo(widget, QPoint(0, 0)).y()
    )
    return [ShownHit(view, *span) for view in views for span in _spans(view, query)]


def _spans(view: QTextEdit, query: Query) -> list[tuple[int, int]]:
    text = view.toPlainText()
    return qt_spans(text, query.marks(text))


def _selection(
    view: QTextEdit, look: QTextCharFormat, start: int, end: int
) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = _cursor(view, start, end)
    selection.format = look
    return selection


def _cursor(view: QTextEdit, start: int, end: int) -> QTextCursor:
    cursor = QTextCursor(view.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor

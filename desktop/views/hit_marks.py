"""Hits of a search made visible in the messages."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QWidget

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
        place = self.view.cursorRect(self.view.cursor_at(self.start))
        return self.view.mapTo(message, place.topLeft()).y()

    def stand_out(self, theme: Theme) -> None:
        """Show that this is the hit one looks at, and bring it into view sideways."""
        look = QTextCharFormat()
        look.setBackground(theme.color("accent"))
        look.setForeground(theme.color("accent_text"))
        self.view.lay_over(Layer.HIT, look, [(self.start, self.end)])
        bar = self.view.horizontalScrollBar()
        place = self.view.cursorRect(self.view.cursor_at(self.end))
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
        self.mark(self._texts())
        self._let_none_stand_out()

    def mark(self, texts: Iterable[TextBlock]) -> None:
        """Mark the hits in texts that were made or have grown."""
        for view in texts:
            if self.query.terms:
                view.lay_over(Layer.HITS, self._look(), _spans(view, self.query))
            else:
                view.uncover(Layer.HITS)

    def hit(self, view: TextBlock, number: int) -> ShownHit | None:
        """One of the hits in a text: the last one if it has fewer; None if it has none."""
        spans = _spans(view, self.query)
        return ShownHit(view, *spans[min(number, len(spans) - 1)]) if spans else None

    def choose(self, hit: ShownHit | None) -> None:
        """Let this hit stand out, and no other one."""
        self._let_none_stand_out()
        if hit:
            hit.stand_out(self._theme)

    def _look(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setBackground(self._theme.color("warning_soft"))
        look.setForeground(self._theme.color("warning"))
        return look

    def _let_none_stand_out(self) -> None:
        for view in self._texts():
            view.uncover(Layer.HIT)

    def _texts(self) -> list[TextBlock]:
        return self._messages.findChildren(TextBlock)


def _spans(view: TextBlock, query: Query) -> list[tuple[int, int]]:
    text = view.toPlainText()
    return qt_spans(text, query.marks(text))

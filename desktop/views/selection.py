"""What is selected across messages: two ends, painted over every text between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.views.message_view import MessageView
from desktop.views.message_widgets import MessageWidgets
from desktop.views.text_block import Layer, TextBlock

Move = QTextCursor.MoveOperation
_LAST: Final = 10**9


@dataclass(frozen=True, order=True)
class Place:
    """Before a character of a text of a message. `message` counts along the path."""

    message: int
    text: int
    position: int


class Selection:
    """Its ends are places of the path, so it goes on where no widgets are."""

    def __init__(self, theme: Theme, widgets: MessageWidgets, home: QWidget) -> None:
        self._theme = theme
        self._widgets = widgets
        self._home = home
        self._path: Sequence[str] = ()
        self._fixed: Place | None = None
        self._moved: Place | None = None
        self._painted = False

    @property
    def ends(self) -> tuple[Place, Place] | None:
        """The first and the last place; None if nothing is selected."""
        if self._fixed is None or self._moved is None or self._fixed == self._moved:
            return None
        return min(self._fixed, self._moved), max(self._fixed, self._moved)

    def show_path(self, path: Sequence[str]) -> None:
        """These are the messages now; places in others are no places any more."""
        if path[: len(self._path)] != self._path:
            self.clear()
        self._path = path
        self.paint()

    def clear(self) -> None:
        """Select nothing."""
        self._fixed = self._moved = None
        self.paint()

    def select_all(self) -> None:
        """Select every message of the path."""
        if self._path:
            self._fixed, self._moved = Place(0, 0, 0), Place(len(self._path) - 1, _LAST, _LAST)
            self.paint()

    def begin(self, point: QPoint, *, extends: bool) -> None:
        """Begin at a point of the list, or go on to there from where the selection began."""
        place = self._at(point)
        self._moved = place
        if not extends or self._fixed is None:
            self._fixed = place
        self.paint()

    def reach(self, point: QPoint) -> None:
        """Go on to a point of the list."""
        self._moved = self._at(point) or self._moved
        self.paint()

    def select_word(self, point: QPoint) -> None:
        """Select the word at a point of the list."""
        place = self._at(point)
        view = self._text_at(place) if place else None
        if place and view:
            cursor = view.cursor_at(place.position)
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
            self._fixed = Place(place.message, place.text, cursor.selectionStart())
            self._moved = Place(place.message, place.text, cursor.selectionEnd())
            self.paint()

    def move(self, operation: Move, focused: QWidget | None) -> QPoint | None:
        """Move the end that moves; at the edge of a text on to the next. Where it is then."""
        place = self._moved or self._in(focused)
        view = self._text_at(place) if place else None
        if not place or not view:
            return None
        self._fixed = self._fixed or place
        cursor = view.cursor_at(place.position)
        moved = cursor.movePosition(operation)
        here = Place(place.message, place.text, cursor.position())
        self._moved = here if moved else self._beyond(place, forwards=_is_forwards(operation))
        self.paint()
        view = self._text_at(self._moved)
        if not view:
            return None
        rect = view.cursorRect(view.cursor_at(self._moved.position))
        return view.mapTo(self._home, rect.center())

    def paint(self) -> None:
        """Show it in all widgets there are."""
        for _, widget in self._widgets:
            self.paint_in(widget)
        self._painted = self.ends is not None

    def paint_in(self, widget: MessageView) -> None:
        """Show it in one message."""
        if not (self.ends or self._painted):
            return
        look = QTextCharFormat()
        look.setBackground(self._theme.color("accent"))
        look.setForeground(self._theme.color("accent_text"))
        number = self._number(widget)
        for text, view in widget.texts().items():
            span = self.span(number, text, _length(view))
            view.lay_over(Layer.SELECTION, look, [span] if span else ())

    def span(self, message: int, text: int, length: int) -> tuple[int, int] | None:
        """What is selected of a text so long; None if nothing is."""
        if not self.ends:
            return None
        first, last = self.ends
        here = (message, text)
        if not (first.message, first.text) <= here <= (last.message, last.text):
            return None
        start = first.position if here == (first.message, first.text) else 0
        end = min(last.position, length) if here == (last.message, last.text) else length
        return (start, end) if start < end else None

    def _number(self, widget: MessageView) -> int:
        return self._path.index(widget.message_id) if widget.message_id in self._path else -1

    def _at(self, point: QPoint) -> Place | None:
        """The place nearest to a point of the list."""
        views = list(self._views())
        if not views:
            return None

        def far(entry: tuple[int, int, TextBlock]) -> int:
            top = entry[2].mapTo(self._home, QPoint(0, 0)).y()
            return max(top - point.y(), point.y() - top - entry[2].height(), 0)

        message, text, view = min(views, key=far)
        local = view.viewport().mapFrom(self._home, point)
        if local.y() < 0:
            return Place(message, text, 0)
        if local.y() > view.height():
            return Place(message, text, _length(view))
        return Place(message, text, view.cursorForPosition(local).position())

    def _in(self, focused: QWidget | None) -> Place | None:
        """Where the caret of the text stands that has the focus."""
        found = (
            Place(message, text, view.textCursor().position())
            for message, text, view in self._views()
            if view is focused
        )
        return next(found, None)

    def _views(self) -> Iterator[tuple[int, int, TextBlock]]:
        for _, widget in self._widgets:
            number = self._number(widget)
            for text, view in widget.texts().items():
                yield number, text, view

    def _text_at(self, place: Place) -> TextBlock | None:
        here = (place.message, place.text)
        return next((view for *at, view in self._views() if tuple(at) == here), None)

    def _beyond(self, place: Place, *, forwards: bool) -> Place:
        """Into the text behind or before; where there is none, it stays."""
        ordered = sorted(self._views(), key=lambda entry: entry[:2])
        numbers = [entry[:2] for entry in ordered]
        at = numbers.index((place.message, place.text)) + (1 if forwards else -1)
        if not 0 <= at < len(ordered):
            return place
        message, text, view = ordered[at]
        return Place(message, text, 0 if forwards else _length(view))


def _is_forwards(operation: Move) -> bool:
    return operation in (Move.NextCharacter, Move.NextWord, Move.Down, Move.EndOfLine)


def _length(view: TextBlock) -> int:
    return view.document().characterCount() - 1

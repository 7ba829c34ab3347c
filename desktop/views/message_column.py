"""The messages of the path below each other: where each stands, and the widgets near the view.

What is in view is made at once, and little by little what is around it.
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.chat_model import ShownMessage
from desktop.theme import Theme
from desktop.views.heights import Heights
from desktop.views.message_view import MessageView
from desktop.views.message_widgets import MessageWidgets, estimated_height
from desktop.views.reading_place import ReadingPlace

_SETTLES: Final = 8


class MessageColumn(QObject):
    """All places count from the margin above the first message.

    Heights of messages without a widget are those they had, or estimates.

    Signals:
        changed(MessageView, Collection[int]): these texts of a message were made or have grown
    """

    changed = Signal(object, object)

    def __init__(self, theme: Theme, widgets: MessageWidgets, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._widgets = widgets
        self._items: Sequence[ShownMessage] = ()
        self._places: dict[str, int] = {}
        self._heights: Heights[str] = Heights(theme.message_gap, theme.message_gap)
        self._width = 1
        self.path: Sequence[str] = ()
        """The ids of the messages."""

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._places

    def show(self, items: Sequence[ShownMessage]) -> None:
        """Have these messages, keeping the widgets of those that stay."""
        self._items = items
        self.path = [item.message.id for item in items]
        self._places = {message_id: index for index, message_id in enumerate(self.path)}
        line = self._theme.line_height("message")
        self._heights.show(
            self.path, lambda index: estimated_height(items[index].message.text, line)
        )
        self._widgets.keep_only(self._places)
        for message_id, widget in self._widgets:
            texts = self._widgets.show(self._items[self._places[message_id]])
            if texts:
                self.changed.emit(widget, texts)

    def forget_heights(self) -> None:
        """Sizes and distances are others now; `show` comes next."""
        self._heights = Heights(self._theme.message_gap, self._theme.message_gap)

    @property
    def total(self) -> int:
        """Where the last message ends."""
        return self._heights.total

    def number(self, message_id: str) -> int:
        """Which message of the path it is, from 0."""
        return self._places[message_id]

    def top_of(self, place: ReadingPlace) -> int | None:
        """Where this place is now; None if its message is not on the path."""
        index = self._places.get(place.message_id)
        if index is None:
            return None
        return self._heights.top(index) + place.below(self._widgets.get(place.message_id))

    def place_at(self, top: int) -> ReadingPlace | None:
        """What a person reads who sees this at the top of the view."""
        if not self._items:
            return None
        index = self._heights.at(top)
        if top > self._heights.top(index) + self._heights.height(index):
            # In the gap behind a message whose height may be an estimate: what follows counts.
            index = min(index + 1, len(self) - 1)
        message_id = self.path[index]
        below = top - self._heights.top(index)
        return ReadingPlace.at(message_id, self._widgets.get(message_id), below)

    def between(self, top: int, bottom: int) -> Sequence[str]:
        """The messages that are there, also in part."""
        if not self._items:
            return ()
        return self.path[self._heights.at(top) : self._heights.at(bottom) + 1]

    def built(self, message_id: str) -> MessageView:
        """The widget of a message of the path, made now if there is none."""
        widget = self._widgets.get(message_id)
        if widget is None:
            widget = self._widgets.built(self._items[self._places[message_id]])
            self.changed.emit(widget, list(widget.texts()))
        return widget

    def settle(self, top: Callable[[], int], height: int, width: int) -> int:
        """Make all that is missing in a view so tall; where it begins, once heights are known.

        `top` tells where it shall begin as heights are now.
        """
        self._width = width
        for _ in range(_SETTLES):
            begin = top()
            moved = self._fill(begin, begin + height)
            if not self.measure(begin - height, begin + 2 * height) and not moved:
                break
        return top()

    def _fill(self, top: int, bottom: int) -> bool:
        moved = False
        for message_id in self.between(top, bottom):
            widget = self.built(message_id)
            moved |= self._measure(message_id, widget)
            missing = self._missing(message_id, widget, top, bottom)
            if missing:
                self._build(widget, missing)
                moved |= self._measure(message_id, widget)
        return moved

    def measure(self, top: int, bottom: int) -> bool:
        """Ask the widgets there for their heights; whether one is another than before."""
        moved = False
        for message_id in self.between(top, bottom):
            widget = self._widgets.get(message_id)
            if widget:
                moved |= self._measure(message_id, widget)
        return moved

    def build_one(self, top: int, bottom: int, *, downwards: bool) -> bool:
        """Read or make the first thing that is missing there, from the upper end `downwards` or
        from the lower one upwards; whether there was one."""
        near = self.between(top, bottom)
        for message_id in near if downwards else reversed(near):
            widget = self._widgets.get(message_id)
            if widget is None:
                self._measure(message_id, self.built(message_id))
                return True
            texts = widget.read_on()
            if texts is not None:
                self._measure(message_id, widget)
                self.changed.emit(widget, texts)
                return True
            missing = self._missing(message_id, widget, top, bottom)
            if missing:
                self._build(widget, [missing[0 if downwards else -1]])
                self._measure(message_id, widget)
                return True
        return False

    def drop_one(self, top: int, bottom: int) -> bool:
        """Drop one widget that is not there and not in use; whether there was one."""
        if self._widgets.drop_one(set(self.between(top, bottom))):
            return True
        return any(
            widget.drop_outside(top - self._top(message_id), bottom - self._top(message_id))
            for message_id, widget in self._widgets
        )

    def arrange(self, top: int, left: int) -> None:
        """Put every widget where it is seen when the view begins at `top`."""
        for message_id, widget in self._widgets:
            index = self._places[message_id]
            above = self._heights.top(index) - top
            widget.setGeometry(left, above, self._width, self._heights.height(index))

    def _top(self, message_id: str) -> int:
        return self._heights.top(self._places[message_id])

    def _missing(
        self, message_id: str, widget: MessageView, top: int, bottom: int
    ) -> Sequence[int]:
        above = self._top(message_id)
        return widget.missing(top - above, bottom - above)

    def _build(self, widget: MessageView, blocks: Sequence[int]) -> None:
        widget.build(blocks)
        self.changed.emit(widget, blocks)

    def _measure(self, message_id: str, widget: MessageView) -> bool:
        height = widget.heightForWidth(self._width)
        moved = self._heights.put(self._places[message_id], height)
        widget.resize(self._width, height)
        widget.settle()
        return moved

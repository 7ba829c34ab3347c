"""The messages of the path below each other: where each stands, and the widgets near the view."""

from collections.abc import Sequence
from itertools import islice

from desktop.chat_model import ShownMessage
from desktop.theme import Theme
from desktop.views.heights import Heights
from desktop.views.message_view import MessageView
from desktop.views.message_widgets import MessageWidgets, estimated_height
from desktop.views.reading_place import ReadingPlace


class MessageColumn:
    """All places count from the margin above the first message.

    Heights of messages without a widget are those they had, or estimates.
    """

    def __init__(self, theme: Theme, widgets: MessageWidgets) -> None:
        self._theme = theme
        self._widgets = widgets
        self._items: Sequence[ShownMessage] = ()
        self._places: dict[str, int] = {}
        self._heights: Heights[str] = Heights(theme.message_gap, theme.message_gap)
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
        self._heights.show(self.path, [estimated_height(item.message.text, line) for item in items])
        self._widgets.keep_only(self._places)
        for message_id, _ in self._widgets:
            self._widgets.show(self._items[self._places[message_id]])

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
        return self._widgets.built(self._items[self._places[message_id]])

    def build(self, top: int, bottom: int, *, at_most: int | None = None) -> bool:
        """Make the widgets that are missing there; whether there were any."""
        missing = (one for one in self.between(top, bottom) if not self._widgets.get(one))
        made = [self.built(one) for one in islice(missing, at_most)]
        return bool(made)

    def measure(self, top: int, bottom: int, width: int) -> bool:
        """Ask the widgets there for their heights; whether one is another than before."""
        changed = False
        for message_id in self.between(top, bottom):
            widget = self._widgets.get(message_id)
            if widget:
                height = widget.heightForWidth(width)
                changed |= self._heights.put(self._places[message_id], height)
                widget.resize(width, height)
                widget.settle()
        return changed

    def keep(self, top: int, bottom: int) -> None:
        """Drop the widgets that are not there and not in use."""
        self._widgets.keep(set(self.between(top, bottom)))

    def arrange(self, top: int, left: int, width: int) -> None:
        """Put every widget where it is seen when the view begins at `top`."""
        for message_id, widget in self._widgets:
            index = self._places[message_id]
            above = self._heights.top(index) - top
            widget.setGeometry(left, above, width, self._heights.height(index))

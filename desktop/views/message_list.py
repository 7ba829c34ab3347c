"""The messages of the conversation shown: widgets for what is in view and a screen around it.

Heights of the other messages are those they had, or estimates. What the reader sees at the top
keeps its place, whatever grows above or below; at the end the list follows the end.
"""

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from desktop.chat_model import ChatModel, ShownMessage
from desktop.conversations.query import Query
from desktop.message_actions import MessageActions
from desktop.theme import Theme
from desktop.views.centered import SIDE_MARGIN
from desktop.views.controls import panel, push_button
from desktop.views.heights import Heights
from desktop.views.hit_marks import HitMarks
from desktop.views.jump_button import JumpButton
from desktop.views.message_view import MessageView
from desktop.views.message_widgets import MessageWidgets, estimated_height
from desktop.views.reading_place import ReadingPlace
from desktop.views.selection import Selection
from desktop.views.selection_input import SelectionInput
from desktop.views.tree_marks import TokenMarks
from engine.events import Role
from engine.language import tr

_NEAR_END: Final = 8
_BELOW: Final = 20
_KEPT_SCREENS: Final = 2
_SETTLES: Final = 8


class MessageList(QAbstractScrollArea):
    """Shows the current path of the chat and the reply that streams.

    Signals:
        link_chosen(QUrl)
        focus_left: the message that had the focus is gone
        tree_asked(str): message id
    """

    link_chosen = Signal(QUrl)
    focus_left = Signal()
    tree_asked = Signal(str)

    def __init__(
        self,
        theme: Theme,
        chat: ChatModel,
        marks: TokenMarks,
        actions: MessageActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chat = chat
        self._items: list[ShownMessage] = []
        self._places: dict[str, int] = {}
        self._heights: Heights[str] = Heights(theme.message_gap, theme.message_gap)
        self._following = True
        self._reading: ReadingPlace | None = None
        self._placing = False
        self.setViewport(panel("surface", "messages"))
        self._widgets = MessageWidgets(theme, chat, marks, actions, self.viewport())
        self._hits = HitMarks(theme, self.viewport())
        self._widgets.made.connect(self._hits.mark)
        self._selection = Selection(theme, self._widgets, self.viewport())
        self._widgets.made.connect(self._selection.paint_in)
        self.input = SelectionInput(chat, self._selection, self)
        for told in ("link_chosen", "focus_left", "tree_asked"):
            getattr(self._widgets, told).connect(getattr(self, told))
        self._answer = push_button(theme, tr("Answer this message"), "quiet")
        self._answer.setParent(self.viewport())
        self._answer.clicked.connect(chat.answer)
        self._jump = JumpButton(theme, self)
        self._jump.clicked.connect(self.jump_to_end)
        self._ahead = QTimer(self, singleShot=True, interval=0)
        self._ahead.timeout.connect(self._build_ahead)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().setSingleStep(theme.line_height("message"))
        theme.changed.connect(self._show_theme)
        chat.conversation_changed.connect(self._show_other)
        chat.path_changed.connect(self.refresh)
        chat.busy_changed.connect(self.refresh)
        chat.reply_streamed.connect(self._grow)
        self.refresh()

    def refresh(self) -> None:
        """Show the path as it is now, keeping the widgets of messages that stay."""
        self._items = self._chat.messages()
        ids = [item.message.id for item in self._items]
        self._places = {message_id: index for index, message_id in enumerate(ids)}
        line = self._theme.line_height("message")
        estimates = [estimated_height(item.message.text, line) for item in self._items]
        self._heights.show(ids, estimates)
        self._widgets.keep_only(self._places)
        self._selection.show_path(ids)
        for message_id, _ in self._widgets:
            self._widgets.show(self._items[self._places[message_id]])
        unanswered = bool(self._items) and self._items[-1].message.role is Role.USER
        self._answer.setVisible(unanswered and self._chat.can_answer)
        self._grow()

    def show_marks(self, query: Query) -> None:
        """Highlight what is searched for in every message, from now on."""
        self._hits.show(query)

    def reveal(self, message_id: str, query: Query) -> None:
        """Go to a message of the path, to its first hit if it has one."""
        if message_id in self._places:
            self._hits.show(query)
            self._go_to(ReadingPlace(message_id))
            self._go_below(message_id, self._hits.first_in(self._widget_of(message_id)))

    def show_hit(self, message_id: str, number: int) -> None:
        """Go to one of the hits in a message of the path, counted from 0, and let it stand out."""
        self._go_to(ReadingPlace(message_id))
        widget = self._widget_of(message_id)
        seen = widget.unfold(self._hits.query, number)
        self._place()
        self._go_below(message_id, self._hits.choose(widget, seen))

    @property
    def reading(self) -> str:
        """The message that stands at the top of the view."""
        return self._reading.message_id if self._reading else ""

    def jump_to_end(self) -> None:
        """Go to the newest text and follow it."""
        self._following = True
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._place()
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)
        if self._placing:
            return
        self._following = self._at_end()
        self._reading = self._place_at(self.verticalScrollBar().value())
        self._place()

    def _show_other(self) -> None:
        self._widgets.keep_only(())
        self._following = True
        self._reading = None
        self.refresh()

    def _show_theme(self) -> None:
        """Sizes and distances may be others now."""
        self._heights = Heights(self._theme.message_gap, self._theme.message_gap)
        self.verticalScrollBar().setSingleStep(self._theme.line_height("message"))
        self.refresh()

    def _grow(self) -> None:
        grown = self._widgets.grow()
        if grown:
            self._hits.mark(grown)
            self._selection.paint_in(grown)
        self._place()

    def _widget_of(self, message_id: str) -> MessageView:
        return self._widgets.built(self._items[self._places[message_id]])

    def _go_below(self, message_id: str, below: int) -> None:
        """To what stands so far below the top of a message, with a third of the view above it."""
        self._go_to(ReadingPlace(message_id, offset=below - self.height() // 3))

    def _go_to(self, place: ReadingPlace) -> None:
        self._following = False
        self._reading = place
        self._place()

    def _place(self) -> None:
        """Put what is in view where it belongs, making it first where it is not there yet."""
        if self._placing:
            return
        self._placing = True
        top = self._settle()
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, self._last_top)
        bar.setValue(top)
        self._arrange(top)
        self._placing = False
        # What is shown may have become so short that the end came to the reader.
        self._following = self._following or self._at_end()
        self._reading = self._place_at(top)
        self._jump.follow(len(self._items), at_end=self._following)
        self._ahead.start()

    def _settle(self) -> int:
        """Where the view begins, once the heights of all that it shows are known."""
        for _ in range(_SETTLES):
            top = self._top()
            for index in self._between(top, top + self.viewport().height()):
                self._widgets.built(self._items[index])
            if not self._measure(top):
                break
        return self._top()

    def _measure(self, top: int) -> bool:
        """Ask the widgets near the view for their heights; whether one is another than before."""
        screen = self.viewport().height()
        changed = False
        for index in self._between(top - screen, top + self.viewport().height() + screen):
            widget = self._widgets.get(self._items[index].message.id)
            if widget:
                height = widget.heightForWidth(self._column_width)
                changed |= self._heights.put(index, height)
                widget.resize(self._column_width, height)
                widget.settle()
        return changed

    def _arrange(self, top: int) -> None:
        screens = _KEPT_SCREENS * self.viewport().height()
        near = self._between(top - screens, top + self.viewport().height() + screens)
        self._widgets.keep({self._items[index].message.id for index in near})
        left = (self.width() - self._column_width) // 2 - self.viewport().x()
        for message_id, widget in self._widgets:
            index = self._places[message_id]
            above = self._heights.top(index) - top
            widget.setGeometry(left, above, self._column_width, self._heights.height(index))
        self._answer.adjustSize()
        right = left + self._column_width - self._answer.width()
        self._answer.move(right, self._heights.total + self._theme.message_gap - top)

    def _build_ahead(self) -> None:
        """Make one message more around the view, so that scrolling finds it there."""
        top, screen = self.verticalScrollBar().value(), self.viewport().height()
        missing = (
            index
            for index in self._between(top - screen, top + self.viewport().height() + screen)
            if self._widgets.get(self._items[index].message.id) is None
        )
        index = next(missing, None)
        if index is not None and self.isVisible():
            self._widgets.built(self._items[index])
            self._place()

    def _between(self, top: int, bottom: int) -> range:
        if not self._items:
            return range(0)
        return range(self._heights.at(top), self._heights.at(bottom) + 1)

    def _top(self) -> int:
        """Where the view shall begin."""
        if self._following or self._reading is None:
            return self._last_top
        index = self._places.get(self._reading.message_id)
        if index is None:
            return min(self.verticalScrollBar().value(), self._last_top)
        widget = self._widgets.get(self._reading.message_id)
        place = self._heights.top(index) + self._reading.below(widget)
        return max(0, min(place, self._last_top))

    @property
    def _last_top(self) -> int:
        return max(0, self._content_height - self.viewport().height())

    @property
    def _content_height(self) -> int:
        answer = self._theme.message_gap + self._answer.sizeHint().height()
        below = _BELOW if self._answer.isHidden() else _BELOW + answer
        return self._heights.total + below

    @property
    def _column_width(self) -> int:
        column = self._theme.reading_column
        return max(1, min(column, self.width() - 2 * SIDE_MARGIN))

    def _place_at(self, top: int) -> ReadingPlace | None:
        if not self._items:
            return None
        index = self._heights.at(top)
        message_id = self._items[index].message.id
        below = top - self._heights.top(index)
        return ReadingPlace.at(message_id, self._widgets.get(message_id), below)

    # The end

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _NEAR_END

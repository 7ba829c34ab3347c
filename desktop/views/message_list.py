"""The messages of the conversation shown: widgets for what is in view and a screen around it.

What the reader sees at the top keeps its place, whatever grows above or below; at the end the
list follows the end.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt, QUrl, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from desktop.chat_model import ChatModel
from desktop.conversations.query import Query
from desktop.message_actions import MessageActions
from desktop.theme import Theme
from desktop.views.centered import SIDE_MARGIN, left_when_centered
from desktop.views.controls import opaque_ground, push_button
from desktop.views.hit_marks import HitMarks, ShownHit
from desktop.views.jump_button import JumpButton
from desktop.views.message_column import MessageColumn
from desktop.views.message_keys import MessageKeys
from desktop.views.message_view import MessageView
from desktop.views.message_widgets import MessageWidgets
from desktop.views.reading_place import ReadingPlace
from desktop.views.selection import Selection
from desktop.views.selection_input import SelectionInput
from desktop.views.tidying import Tidying
from desktop.views.tree_marks import TokenMarks
from engine.events import Role
from engine.language import tr

_NEAR_END: Final = 8
_BELOW: Final = 20
_AROUND: Final = 8
"""What is seen above and below a part that was brought into view."""


class MessageList(QAbstractScrollArea):
    """Shows the current path of the chat and the reply that streams.

    Signals:
        link_chosen(QUrl)
        focus_left: the message that had the focus is gone, and nothing is in its place
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
        self._following = True
        self._reading: ReadingPlace | None = None
        self._placing = False
        self.setViewport(opaque_ground())
        self._widgets = MessageWidgets(theme, chat, marks, actions, self.viewport())
        self._column = MessageColumn(theme, self._widgets, self)
        self._hits = HitMarks(theme, self.viewport())
        self._selection = Selection(theme, self._widgets, self.viewport())
        self._column.changed.connect(self._paint_over)
        self.input = SelectionInput(chat, self._selection, self)
        self.keys = MessageKeys(self, self._widgets)
        self.keys.left.connect(self.focus_left)
        self._widgets.link_chosen.connect(self.link_chosen)
        self._widgets.tree_asked.connect(self.tree_asked)
        self._widgets.branch_stepped.connect(self._step)
        self._answer = push_button(theme, tr("Answer this message"), "quiet")
        self._answer.setParent(self.viewport())
        self._answer.clicked.connect(chat.answer)
        self._jump = JumpButton(theme, self)
        self._jump.clicked.connect(self.jump_to_end)
        self._tidying = Tidying(self, self._column)
        self._tidying.made.connect(self._place)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Messages"))
        self.verticalScrollBar().setSingleStep(theme.line_height("message"))
        theme.changed.connect(self._show_theme)
        chat.conversation_changed.connect(self._show_other)
        chat.path_changed.connect(self.refresh)
        chat.busy_changed.connect(self.refresh)
        chat.reply_streamed.connect(self._grow)
        self.refresh()

    def refresh(self) -> None:
        """Show the path as it is now, keeping the widgets of messages that stay."""
        items = self._chat.messages()
        self._column.show(items)
        self._selection.show_path(self.path)
        unanswered = bool(items) and items[-1].message.role is Role.USER
        self._answer.setVisible(unanswered and self._chat.can_answer)
        self._grow()

    def show_marks(self, query: Query) -> None:
        """Highlight what is searched for in every message, from now on."""
        self._hits.show(query)

    def reveal(self, message_id: str, query: Query) -> None:
        """Go to a message of the path, to its first hit if it has one."""
        if message_id in self._column:
            self._hits.show(query)
            self._go_to_hit(message_id, 0)

    def show_hit(self, message_id: str, number: int) -> None:
        """Go to one of the hits in a message of the path, counted from 0, and let it stand out."""
        self._hits.choose(self._go_to_hit(message_id, number))

    @property
    def reading(self) -> str:
        """The message that stands at the top of the view."""
        return self._reading.message_id if self._reading else ""

    @property
    def path(self) -> Sequence[str]:
        """The ids of all messages, from the first to the last."""
        return self._column.path

    @property
    def in_view(self) -> Sequence[str]:
        """Those of which something is seen, without what only looks in at the end."""
        top = self.verticalScrollBar().value()
        return self._column.between(top, top + self.viewport().height() - _BELOW)

    def bring(self, message_id: str) -> MessageView:
        """Scroll as little as it takes to see a message of the path; its widget."""
        if message_id not in self._column.between(*self._around()):
            self._go_to(ReadingPlace(message_id, offset=-self._theme.message_gap))
        widget = self._column.built(message_id)
        self._place()
        for _ in range(2):  # what comes into view may be taller than it was thought
            self.bring_part(widget, widget.rect())
        return widget

    def bring_part(self, part: QWidget, area: QRect) -> None:
        """Scroll as little as it takes to see an area of a part; its top if it is too tall."""
        top = part.mapTo(self.viewport(), area.topLeft()).y() - _AROUND
        below = top + area.height() + 2 * _AROUND - self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + (min(top, 0) or max(0, min(below, top))))

    def jump_to_end(self) -> None:
        """Go to the newest text and follow it."""
        self._following = True
        self._place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The messages are one stop: one of them takes the focus."""
        super().focusInEvent(event)
        self.keys.enter(event.reason())

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: FBT001 - Qt's
        return self.keys.go_inside(forwards=forwards) or super().focusNextPrevChild(forwards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self._column.measure(*self._around()):
            self._place()
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._placing:
            return
        self.viewport().scroll(dx, dy)
        self._following = self._at_end()
        self._tidying.downwards = dy < 0
        if self._reading and abs(dy) < self.viewport().height():
            # From what is known: the heights of what comes into view may be estimates.
            self._reading = replace(self._reading, offset=self._reading.offset - dy)
        else:
            self._reading = self._column.place_at(self.verticalScrollBar().value())
        self._place()

    def _show_other(self) -> None:
        self._widgets.keep_only(())
        self._following = True
        self._reading = None
        self.refresh()

    def _show_theme(self) -> None:
        """Sizes and distances may be others now."""
        self._column.forget_heights()
        self.verticalScrollBar().setSingleStep(self._theme.line_height("message"))
        self.refresh()

    def _step(self, message_id: str, step: int) -> None:
        """Another branch from a message on; who was in it with the keyboard stays in its place."""
        place, had_focus = self._column.number(message_id), self.keys.at == message_id
        self._chat.select(message_id, step)
        if had_focus and place < len(self.path):
            self.keys.go_to(place)

    def _grow(self) -> None:
        if grown := self._widgets.grow():
            self._paint_over(*grown)
        self._place()

    def _paint_over(self, widget: MessageView, texts: Collection[int]) -> None:
        """Hits and what is selected, in texts that were made or have grown."""
        views = widget.texts()
        self._hits.mark(views[number] for number in texts)
        self._selection.paint_in(widget)

    def _go_to_hit(self, message_id: str, number: int) -> ShownHit | None:
        """To a hit of a message, with a third of the view above it, and to its text if the words
        stand in the source only."""
        widget = self._column.built(message_id)
        text, within = widget.locate(self._hits.query, number)
        self._go_to(ReadingPlace(message_id, text))
        view = widget.opened(text)
        self._place()
        hit = self._hits.hit(view, within) if view else None
        below = hit.below(widget) - widget.top_of(text) if hit else 0
        self._go_to(ReadingPlace(message_id, text, below - self.height() // 3))
        if view:
            self._hits.mark([view])
        return hit

    def _go_to(self, place: ReadingPlace) -> None:
        self._following = False
        self._reading = place
        self._place()

    def _place(self) -> None:
        """Put what is in view where it belongs, making it first where it is not there yet."""
        if self._placing:
            return
        self._placing = True
        top = self._column.settle(self._top, self.viewport().height(), self._column_width)
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, self._last_top)
        bar.setValue(top)
        self._move_pixels(top)
        self._arrange(top)
        self._placing = False
        # What is shown may have become so short that the end came to the reader.
        self._following = self._following or self._at_end()
        self._reading = self._column.place_at(top)
        self._jump.follow(len(self._column), at_end=self._following)
        self._tidying.start()

    def _move_pixels(self, top: int) -> None:
        """What is read stood at the upper edge; move what is painted to where it stands now."""
        place = self._column.top_of(self._reading) if self._reading else None
        if place is not None and 0 < abs(place - top) < self.viewport().height():
            # Qt moves them only where nothing waits to be painted.
            self._arrange(place)
            self.viewport().repaint(0, 0, 1, 1)
            self.viewport().scroll(0, place - top)

    def _arrange(self, top: int) -> None:
        left = left_when_centered(self, self._column_width) - self.viewport().x()
        self._column.arrange(top, left)
        if not self._answer.isHidden():
            self._answer.adjustSize()
            right = left + self._column_width - self._answer.width()
            self._answer.move(right, self._column.total + self._theme.message_gap - top)

    def _around(self) -> tuple[int, int]:
        top, screen = self.verticalScrollBar().value(), self.viewport().height()
        return top - screen, top + 2 * screen

    def _top(self) -> int:
        """Where the view shall begin."""
        if self._following or self._reading is None:
            return self._last_top
        place = self._column.top_of(self._reading)
        there = self.verticalScrollBar().value() if place is None else place
        return max(0, min(there, self._last_top))

    @property
    def _last_top(self) -> int:
        end = self._column.total + _BELOW
        if not self._answer.isHidden():
            end += self._theme.message_gap + self._answer.sizeHint().height()
        return max(0, end - self.viewport().height())

    @property
    def _column_width(self) -> int:
        return max(1, min(self._theme.reading_column, self.width() - 2 * SIDE_MARGIN))

    def _at_end(self) -> bool:
        return self.verticalScrollBar().maximum() - self.verticalScrollBar().value() <= _NEAR_END

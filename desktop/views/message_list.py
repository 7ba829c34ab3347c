"""The messages of the conversation shown. It follows the end only while the reader is there."""

from typing import Final

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.chat_model import ChatModel, ShownMessage
from desktop.conversations.query import Query
from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.centered import SIDE_MARGIN, centered
from desktop.views.controls import IconButton, panel, push_button
from desktop.views.reply import Reply
from desktop.views.search_marks import NOTHING, first_hit, mark_hits
from desktop.views.tree_marks import TokenMarks
from desktop.views.user_message import UserMessage
from engine.events import Role
from engine.language import tr

PAGE: Final = 40
"""Messages that get widgets at first; earlier ones come when asked for."""
_NEAR_END: Final = 8
_GAP: Final = 24


class _JumpButton(IconButton):
    """Round, above the text; back to the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "arrow-down", tr("Jump to the end"), side=32, parent=parent)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("hover" if self.underMouse() else "raised"))
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        paint_icon(painter, "arrow-down", self._theme.color("text").name(), QRectF(8, 8, 16, 16))
        painter.end()


class MessageList(QScrollArea):
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
        self, theme: Theme, chat: ChatModel, marks: TokenMarks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chat = chat
        self._marks = marks
        self._limit = PAGE
        self._widgets: dict[str, UserMessage | Reply] = {}
        self._following = True
        self._query = NOTHING
        self._earlier = push_button(theme, tr("Show earlier messages"), "quiet")
        self._earlier.clicked.connect(self._show_earlier)
        self._answer = push_button(theme, tr("Answer this message"), "quiet")
        self._answer.clicked.connect(chat.answer)
        self._jump = _JumpButton(theme, self)
        self._jump.clicked.connect(self.jump_to_end)
        self._jump.hide()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = self._make_content()
        self.setWidget(self._content)
        self.verticalScrollBar().rangeChanged.connect(self._range_changed)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        chat.conversation_changed.connect(self._show_other)
        chat.path_changed.connect(self.refresh)
        chat.busy_changed.connect(self.refresh)
        chat.reply_streamed.connect(self._grow)
        self.refresh()

    def refresh(self) -> None:
        """Show the path as it is now, keeping the widgets of messages that stay."""
        path = self._chat.messages()
        shown = path[-self._limit :]
        self._earlier.setVisible(len(path) > len(shown))
        self._forget({item.message.id for item in shown})
        for index, item in enumerate(shown):
            self._place(index, item)
        if self._query.terms:
            mark_hits(self._content, self._query, self._theme)
        unanswered = bool(path) and path[-1].message.role is Role.USER
        self._answer.setVisible(unanswered and self._chat.can_answer)
        self._grow()

    def show_marks(self, query: Query) -> None:
        """Highlight what is searched for in every message, from now on."""
        self._query = query
        mark_hits(self._content, query, self._theme)

    def reveal(self, message_id: str, query: Query) -> None:
        """Go to a message of the path, to its first hit if it has one."""
        ids = [shown.message.id for shown in self._chat.messages()]
        if message_id not in ids:
            return
        self._limit = max(self._limit, len(ids) - ids.index(message_id))
        self._following = False
        self.refresh()
        self.show_marks(query)
        # Layouts settle first: the heights of messages follow their widths.
        QTimer.singleShot(0, self, lambda: self._scroll_to(message_id))

    def _scroll_to(self, message_id: str) -> None:
        widget = self._widgets.get(message_id)
        if widget is None:
            return
        self._content.adjustSize()
        hit = first_hit(widget, self._query)
        place = hit[0].mapTo(self._content, QPoint(0, hit[1])) if hit else widget.pos()
        self.verticalScrollBar().setValue(place.y() - self.height() // 3)

    def jump_to_end(self) -> None:
        """Go to the newest text and follow it."""
        self._following = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self._show_jump()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._jump.move((self.width() - self._jump.width()) // 2, self.height() - 44)

    def _make_content(self) -> QWidget:
        column = QWidget()
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, _GAP, 0, 20)
        self._column.setSpacing(_GAP)
        self._column.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self._answer, 0, Qt.AlignmentFlag.AlignRight)
        self._column.addStretch(1)
        content = panel("surface", "messages")
        self._row = centered(column, self._theme.tokens.size["reading_column"])
        content.setLayout(self._row)
        return content

    def _place(self, index: int, item: ShownMessage) -> None:
        widget = self._widgets.get(item.message.id)
        if widget is None:
            widget = self._widgets[item.message.id] = self._make(item)
        self._column.insertWidget(index + 1, widget)
        run = self._chat.shown_run
        if not (run and run.message.id == item.message.id):
            widget.show_message(item, idle=self._chat.can_answer)

    def _make(self, item: ShownMessage) -> UserMessage | Reply:
        if item.message.role is Role.USER:
            message = UserMessage(self._theme, item)
            message.edited.connect(self._chat.edit)
            message.branch_stepped.connect(self._chat.select)
            return message
        reply = Reply(self._theme, item, self._marks)
        reply.tree_asked.connect(self.tree_asked)
        reply.regenerate_asked.connect(self._chat.regenerate)
        reply.branch_stepped.connect(self._chat.select)
        reply.link_chosen.connect(self.link_chosen)
        return reply

    def _forget(self, kept: set[str]) -> None:
        for message_id in self._widgets.keys() - kept:
            widget = self._widgets.pop(message_id)
            focused = QApplication.focusWidget()
            if focused and widget.isAncestorOf(focused):
                # Qt would give it to whatever comes next in the window.
                self.focus_left.emit()
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def _grow(self) -> None:
        run = self._chat.shown_run
        widget = self._widgets.get(run.message.id) if run else None
        if run and isinstance(widget, Reply):
            widget.show_run(run)

    def _show_other(self) -> None:
        self._limit = PAGE
        self._following = True
        self.refresh()

    def _show_earlier(self) -> None:
        """Put older messages above without moving the line that is read."""
        bar = self.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        self._limit += PAGE
        self._following = False
        self.refresh()
        self._content.adjustSize()
        bar.setValue(bar.maximum() - from_end)

    def _range_changed(self) -> None:
        # As much at the start side as the bar takes at the end: the column stays in the middle.
        bar = self.verticalScrollBar()
        room = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self._row.setContentsMargins(SIDE_MARGIN + room, 0, SIDE_MARGIN, 0)
        if self._following:
            bar.setValue(bar.maximum())
        # What is shown may have become so short that the end came to the reader.
        self._following = self._following or self._at_end()
        self._show_jump()

    def _scrolled(self) -> None:
        self._following = self._at_end()
        self._show_jump()

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _NEAR_END

    def _show_jump(self) -> None:
        self._jump.setVisible(not self._following)

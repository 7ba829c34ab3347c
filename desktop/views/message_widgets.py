"""The widgets of the messages in view: made when they are needed, gone when they are far away."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWidgets import QWidget

from desktop.chat_model import ChatModel, ShownMessage
from desktop.message_actions import MessageActions
from desktop.theme import Theme
from desktop.views.block_pool import BlockPool
from desktop.views.leaving import Leaving
from desktop.views.regions import has_focus
from desktop.views.reply import Reply
from desktop.views.tree_marks import TokenMarks
from desktop.views.user_message import UserMessage
from engine.events import Role

_LETTERS_IN_A_LINE: Final = 80
_AROUND_TEXT: Final = 40
_BETWEEN_BLOCKS: Final = 12
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")


def estimated_height(text: str, line_height: int) -> int:
    """How tall a message may be that was never shown."""
    blocks = len(_PARAGRAPHS.findall(text))
    lines = text.count("\n") - blocks + len(text) // _LETTERS_IN_A_LINE + 1
    return max(lines, 1) * line_height + blocks * _BETWEEN_BLOCKS + _AROUND_TEXT


class MessageWidgets(QObject):
    """Signals:

    link_chosen(QUrl)
    focus_left(MessageView): it has the focus, and goes
    tree_asked(str): message id
    branch_stepped(str, int): message id and -1 or 1
    """

    link_chosen = Signal(QUrl)
    focus_left = Signal(object)
    tree_asked = Signal(str)
    branch_stepped = Signal(str, int)

    def __init__(
        self,
        theme: Theme,
        chat: ChatModel,
        marks: TokenMarks,
        actions: MessageActions,
        home: QWidget,
    ) -> None:
        """`home` is what they stand in."""
        super().__init__(home)
        self._theme = theme
        self._chat = chat
        self._marks = marks
        self._actions = actions
        self._home = home
        self._leaving = Leaving()
        self._pool = BlockPool(theme, self._leaving)
        self._widgets: dict[str, UserMessage | Reply] = {}

    def __iter__(self) -> Iterator[tuple[str, UserMessage | Reply]]:
        return iter(self._widgets.items())

    def get(self, message_id: str) -> UserMessage | Reply | None:
        """The widget of a message, if there is one now."""
        return self._widgets.get(message_id)

    def built(self, item: ShownMessage) -> UserMessage | Reply:
        """The widget of a message, made now if there is none."""
        widget = self._widgets.get(item.message.id)
        if widget is None:
            is_reply = item.message.role is not Role.USER
            widget = self._reply(item) if is_reply else self._user_message(item)
            self._widgets[item.message.id] = widget
            self.show(item)
            widget.show()
        return widget

    def show(self, item: ShownMessage) -> Collection[int]:
        """Bring the widget of a message up to date, if there is one; its texts that changed."""
        widget = self._widgets.get(item.message.id)
        run = self._chat.shown_run
        if run and isinstance(widget, Reply) and run.message.id == item.message.id:
            return widget.show_run(run)
        return widget.show_message(item, idle=self._chat.can_answer) if widget else ()

    def grow(self) -> tuple[Reply, Collection[int]] | None:
        """Show what the reply that streams has now, in its widget if there is one.

        That widget, and the numbers of those of its texts that have grown.
        """
        run = self._chat.shown_run
        widget = self._widgets.get(run.message.id) if run else None
        return (widget, widget.show_run(run)) if run and isinstance(widget, Reply) else None

    def drop_one(self, near: Collection[str]) -> bool:
        """Drop one that is not `near` the view; whether there was one.

        What is used or has the focus stays.
        """
        for one, widget in self._widgets.items():
            if not (one in near or widget.in_use or has_focus(widget)):
                self._drop(one)
                return True
        return False

    def keep_only(self, path: Collection[str]) -> None:
        """Drop what is not on the `path`."""
        for one in [one for one in self._widgets if one not in path]:
            self._drop(one)

    def _drop(self, message_id: str) -> None:
        widget = self._widgets.pop(message_id)
        if has_focus(widget):
            # Qt would give it to whatever comes next in the window.
            self.focus_left.emit(widget)
        widget.release()
        self._leaving.take(widget)

    def _user_message(self, item: ShownMessage) -> UserMessage:
        message = UserMessage(self._theme, item, self._actions, self._home)
        message.edited.connect(self._chat.edit)
        message.branch_stepped.connect(self.branch_stepped)
        return message

    def _reply(self, item: ShownMessage) -> Reply:
        reply = Reply(self._theme, item, self._marks, self._actions, self._home, pool=self._pool)
        reply.tree_asked.connect(self.tree_asked)
        reply.edited.connect(self._chat.edit_reply)
        reply.regenerate_asked.connect(self._chat.regenerate)
        reply.branch_stepped.connect(self.branch_stepped)
        reply.link_chosen.connect(self.link_chosen)
        return reply

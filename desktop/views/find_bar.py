"""Finding words in the conversation shown: the bar above the messages, and where it leads."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.chat_model import ChatModel
from desktop.conversations.query import MAX_TERM, Query
from desktop.conversations.values import StoredMessage
from desktop.theme import Theme
from desktop.thought import parts_of
from desktop.views.controls import IconButton, announce, label, rule
from desktop.views.layouts import set_margins
from desktop.views.message_list import MessageList
from desktop.views.search_marks import NOTHING
from engine.language import tr, whole

PAUSE_MS: Final = 120
_HEIGHT: Final = 44


class FindBar(QWidget):
    """What is typed is looked for as it is, in every message of the path and every thought.

    Signals:
        left: the bar was closed
    """

    left = Signal()

    def __init__(self, theme: Theme, chat: ChatModel, messages: MessageList) -> None:
        super().__init__()
        self._chat = chat
        self._messages = messages
        self._query = NOTHING
        self._hits: list[tuple[str, int]] = []
        """The message of each hit, and how many hits of that message stand before it."""
        self._at = -1
        self._words = label(theme, role="small", tone="muted")
        self.field = self._make_field(theme)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)
        self._buttons = [
            self._button(theme, "chevron-up", tr("Previous hit"), lambda: self.step(-1)),
            self._button(theme, "chevron-down", tr("Next hit"), lambda: self.step(1)),
        ]
        self._lay_out(self._button(theme, "x", tr("Close the search"), self.leave))
        self.hide()
        chat.path_changed.connect(self._look_again)
        chat.conversation_changed.connect(self.leave)

    def begin(self) -> None:
        """Show the bar, ready for other words."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        if self.field.text():
            self.look()

    def leave(self) -> None:
        """Close the bar; nothing is marked any more."""
        if self.isHidden():
            return
        self.hide()
        self._pause.stop()
        self._query, self._hits, self._at = NOTHING, [], -1
        self._messages.show_marks(NOTHING)
        self.left.emit()

    def look(self) -> None:
        """Mark every hit, and go to the first one from where the person reads on."""
        self._pause.stop()
        self._find()
        self._messages.show_marks(self._query)
        here = self._messages.reading
        order = {item.message.id: place for place, item in enumerate(self._chat.messages())}
        below = (at for at, (one, _) in enumerate(self._hits) if order[one] >= order.get(here, 0))
        self._at = next(below, 0) - 1
        self.step(1)

    def step(self, by: int) -> None:
        """Go to the next hit, or the one before; behind the last one comes the first."""
        if self._hits:
            self._at = (self._at + by) % len(self._hits)
            self._messages.show_hit(*self._hits[self._at])
        self._show_count()
        announce(self, self._words.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._pause.isActive():
                self.look()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                backwards = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step(-1 if backwards else 1)
            case _:
                super().keyPressEvent(event)

    def _find(self) -> None:
        typed = self.field.text()
        self._query = Query((typed,)) if typed else NOTHING
        self._hits = [
            (item.message.id, number)
            for item in self._chat.messages()
            for number in range(self._count_in(item.message))
        ]

    def _count_in(self, message: StoredMessage) -> int:
        """The hits of a message: those in what was thought stand first, also where it is folded."""
        thought, said = parts_of(message)
        return sum(len(self._query.marks(text)) for text in (thought.text, said))

    def _look_again(self) -> None:
        """After a change of the messages: the same hit stays chosen, if it is there still."""
        if self.isHidden() or not self._query.terms:
            return
        former = self._hits[self._at] if self._hits else None
        self._find()
        self._at = self._hits.index(former) if former in self._hits else -1
        self._show_count()

    def _show_count(self) -> None:
        count = len(self._hits)
        if not self._query.terms:
            words = ""
        elif not count:
            words = tr("Not found")
        else:
            words = tr("{n} of {count}").format(n=whole(self._at + 1), count=whole(count))
        self._words.setText(words)
        for button in self._buttons:
            button.setEnabled(count > 0)

    def _type(self, _text: str) -> None:
        self._pause.start()

    def _make_field(self, theme: Theme) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(tr("Find in this conversation"))
        field.setAccessibleName(tr("Find in this conversation"))
        field.setMaxLength(MAX_TERM)
        theme.dress(field, "body")
        field.textChanged.connect(self._type)
        return field

    def _button(self, theme: Theme, icon: str, name: str, act: object) -> IconButton:
        button = IconButton(theme, icon, name)
        button.clicked.connect(act)
        return button

    def _lay_out(self, close: IconButton) -> None:
        row = QHBoxLayout()
        set_margins(row, 20, 4, 12, 4)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self._words)
        for button in (*self._buttons, close):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(rule())
        self.setMaximumHeight(_HEIGHT + 1)

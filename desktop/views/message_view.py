"""What all messages of the list share: their actions, and what the list asks of them."""

import textwrap
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QToolButton, QWidget

from desktop.conversations.query import Query
from desktop.conversations.values import StoredMessage
from desktop.message_actions import MessageActions
from desktop.theme import Theme
from desktop.thought import reply_of
from desktop.views.branch_switcher import BranchSwitcher
from desktop.views.controls import HoverArea, IconButton
from desktop.views.edit_box import EditBox
from desktop.views.message_menu import MessageMenu
from desktop.views.reading_order import tab_stops
from desktop.views.text_block import TextBlock
from engine.language import tr

_NAMED: Final = 1000
_READ: Final = 240
"""Characters that name a message, of so many as it is written."""


class MessageView(HoverArea):
    """One message: as tall as `heightForWidth` says, or its size hint.

    Signals:
        edited(str, str): message id and the text of the new branch
        branch_stepped(str, int): message id and -1 or 1
    """

    edited = Signal(str, str)
    branch_stepped = Signal(str, int)

    def __init__(
        self,
        theme: Theme,
        message: StoredMessage,
        actions: MessageActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # It paints nothing, so what it showed before it grew can stay as it is.
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._theme = theme
        self._message = message
        self._edit_box: EditBox | None = None
        self._named = ""
        """The text of which the beginning is read aloud."""
        self.branches = BranchSwitcher(theme)
        self.branches.stepped.connect(self._step)
        self._edit = IconButton(theme, "pencil", self.edit_words[0])
        self._edit.clicked.connect(self._begin_edit)
        self.menu = MessageMenu(actions, lambda: self._message, self._begin_edit, self)
        self.more = IconButton(theme, "ellipsis", tr("More for this message"))
        self.more.setMenu(self.menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.names[0])

    @property
    def edit_words(self) -> tuple[str, str]:
        """What the button that edits it is called, and the one that ends that."""
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, str]:
        """What a screen reader calls it, without and with the beginning of its `{text}`."""
        raise NotImplementedError

    def said(self, text: str) -> str:
        """Its text as one would say it."""
        return text

    def parts(self) -> Sequence[QWidget]:
        """What the editor takes the place of."""
        raise NotImplementedError

    def block_at(self, _y: int) -> int:
        """The block at this height: the reader's place is tied to it; -1 is the message itself."""
        return -1

    def top_of(self, _block: int) -> int:
        """How far below the top of the message a block begins."""
        return 0

    def read_on(self) -> Collection[int] | None:
        """Read more of a text that is too long to be read at once; None if all of it is read.

        The numbers of those of its texts that look other than before.
        """
        return None

    def missing(self, _top: int, _bottom: int) -> Sequence[int]:
        """The blocks between these heights that have no widget yet."""
        return ()

    def build(self, blocks: Sequence[int]) -> None:
        """Make the widgets of these blocks."""

    def drop_outside(self, _top: int, _bottom: int) -> bool:
        """Drop the widget of a block that is not between these heights; whether there was one."""
        return False

    def release(self) -> None:
        """Give away what others can use, before it goes."""

    @property
    def message_id(self) -> str:
        """Of the message that it shows."""
        return self._message.id

    def texts(self) -> Mapping[int, TextBlock]:
        """Its texts that have a widget by their numbers, without what is thought."""
        return {}

    def inside(self) -> list[QWidget]:
        """What takes the focus in it, in the order of reading."""
        return list(tab_stops(self))

    def locate(self, _query: Query, number: int) -> tuple[int, int]:
        """The text in which hit `number` of the message stands, and which hit of that text it is.

        What is looked for may stand in the source only, as in the address of a link.
        """
        return 0, number

    def opened(self, text: int) -> TextBlock | None:
        """The widget of a text, whole and unfolded; None where it has none."""
        return self.texts().get(text)

    def settle(self) -> None:
        """Put every block where it belongs now, not when Qt comes round to it."""
        layout = self.layout()
        if layout:
            layout.activate()

    @property
    def in_use(self) -> bool:
        """While it is edited: it must not go then, though it is out of view."""
        return self._edit_box is not None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Of everything in it that has no menu of its own; also by Menu key and Shift+F10."""
        self.menu.show_for(event, self.more)

    def _name_by(self, text: str) -> None:
        """Be read aloud as one sentence: whose message it is, and how it begins."""
        if text != self._named:
            self._named = text
            said = textwrap.shorten(self.said(text[:_NAMED]), _READ, placeholder="…")
            self.setAccessibleName(self.names[1].format(text=said))

    def _step(self, step: int) -> None:
        self.branch_stepped.emit(self._message.id, step)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(reply_of(self._message))

    def _begin_edit(self) -> None:
        layout = self.layout()
        if self._edit_box or not isinstance(layout, QBoxLayout):
            return
        box = self._edit_box = EditBox(self._theme, self._message.text, self.edit_words[1])
        box.confirmed.connect(self._confirm)
        box.cancelled.connect(self._end_edit)
        self._set_reading(reading=False)
        layout.addWidget(box, 1)
        box.show()
        box.begin()

    def _confirm(self, text: str) -> None:
        self._end_edit()
        self.edited.emit(self._message.id, text)

    def _end_edit(self) -> None:
        layout = self.layout()
        if self._edit_box and layout:
            layout.removeWidget(self._edit_box)
            self._edit_box.deleteLater()
            self._edit_box = None
        self._set_reading(reading=True)
        self._edit.setFocus()

    def _set_reading(self, *, reading: bool) -> None:
        for part in self.parts():
            part.setVisible(reading)


def message_of(widget: QWidget | None) -> MessageView | None:
    """The message that a widget is, or is in."""
    while widget is not None and not isinstance(widget, MessageView):
        widget = widget.parentWidget()
    return widget

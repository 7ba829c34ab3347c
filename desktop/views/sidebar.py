"""Conversations at the start side: a new one, the search, and the list, the hits or the trash."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from desktop.actions import Actions, shown_keys
from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.theme import Theme
from desktop.views.action_button import action_button
from desktop.views.ask_line import ask_line
from desktop.views.controls import IconButton, label, push_button, rule
from desktop.views.conversation_trash import TrashPage
from desktop.views.conversation_view import ConversationListView
from desktop.views.layouts import set_margins
from desktop.views.search_panel import SearchPanel
from engine.language import tr

_TOOLS: Final = {
    "settings-2": "app.settings",
    "box": "app.models",
    "circle-question-mark": "app.shortcuts",
}
_MORE: Final = (
    "conversation.temporary",
    "conversation.folder",
    "conversation.import",
    "conversation.export",
)


class Sidebar(QWidget):
    """The whole column.

    Signals:
        new_asked: show a new conversation
        fold_asked: make room for the chat
    """

    new_asked = Signal()
    fold_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        conversations: ConversationList,
        chat: ChatModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._conversations = conversations
        self.setObjectName("sidebar")
        self.setProperty("panel", "background")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchPanel(theme, conversations)
        self.list = ConversationListView(theme, conversations, chat)
        self.trash = TrashPage(theme, conversations)
        self._card = QVBoxLayout()
        self._tools = QHBoxLayout()
        self._tools.setSpacing(4)
        self._more = QMenu(self)
        self._new_keys = label(theme, role="small", tone="muted")
        self._pages = QStackedWidget()
        for page in (self.list, self.search.found, self.trash):
            self._pages.addWidget(page)
        self._lay_out()
        self.search.active_changed.connect(self._show_found)
        self.search.left.connect(self.list.setFocus)
        self.search.found.trash_asked.connect(self.show_trash)
        self.trash.left.connect(self._go_back)

    def show_trash(self) -> None:
        """Show the trash in place of the list."""
        self._pages.setCurrentWidget(self.trash)
        self.trash.list.setFocus()

    def leave_trash(self) -> None:
        """Show the list again in place of the trash."""
        if self._pages.currentWidget() is self.trash:
            self._pages.setCurrentWidget(self.list)

    def fill(self, actions: Actions) -> None:
        """Offer what the window can do."""
        for icon, id_ in _TOOLS.items():
            self._tools.addWidget(action_button(self._theme, icon, actions.entry(id_)))
        self._more.addActions(actions.entries(*_MORE))
        new = actions.entry("conversation.new")
        new.changed.connect(lambda: self._show_keys(new))
        self._show_keys(new)

    def show_card(self, card: QWidget) -> None:
        """Have a card above the foot, for as long as it is visible."""
        self._card.addWidget(card)

    def ask_folder(self) -> None:
        """Create a folder of the name that the person gives."""
        ask_line(
            self, tr("New folder"), tr("Name of the folder"), self._conversations.create_folder
        )

    def sizeHint(self) -> QSize:
        return QSize(self._theme.tokens.size["sidebar"], 400)

    def _show_found(self, active: bool) -> None:  # noqa: FBT001  a slot
        self._pages.setCurrentWidget(self.search.found if active else self.list)

    def _go_back(self) -> None:
        self.search.field.clear()
        self.leave_trash()
        self.list.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 8)
        top.setSpacing(8)
        top.addWidget(self._new_button())
        top.addWidget(self.search)
        middle = QVBoxLayout()
        middle.setContentsMargins(7, 0, 7, 0)
        middle.addWidget(self._pages)
        column.addLayout(top)
        column.addLayout(middle, 1)
        self._card.setContentsMargins(12, 8, 12, 8)
        column.addLayout(self._card)
        column.addWidget(rule())
        column.addLayout(self._foot())

    def _new_button(self) -> QWidget:
        new = push_button(self._theme, tr("New conversation"), icon="plus")
        new.clicked.connect(self.new_asked)
        self._add_shortcut_hint(new)
        return new

    def _foot(self) -> QHBoxLayout:
        trash = IconButton(self._theme, "trash-2", tr("Trash"), side=32)
        trash.clicked.connect(self.show_trash)
        more = IconButton(self._theme, "ellipsis", tr("More for all conversations"), side=32)
        more.setMenu(self._more)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        fold = IconButton(self._theme, "panel-left", tr("Fold the sidebar"), side=32)
        fold.clicked.connect(self.fold_asked)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 4, 8, 8)
        foot.setSpacing(4)
        foot.addLayout(self._tools)
        foot.addWidget(more)
        foot.addWidget(trash)
        foot.addStretch(1)
        foot.addWidget(fold)
        return foot

    def _add_shortcut_hint(self, button: QWidget) -> None:
        row = QHBoxLayout(button)
        set_margins(row, 0, 0, 12, 0)
        row.addStretch(1)
        row.addWidget(self._new_keys)
        button.setStyleSheet("text-align: left;")

    def _show_keys(self, new: QAction) -> None:
        self._new_keys.setText(shown_keys(new).replace("+", " "))

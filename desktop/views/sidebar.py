"""Conversations at the start side: a new one, the list, and what can be done with each."""

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.theme import Theme
from desktop.views.controls import IconButton, label, push_button
from desktop.views.conversation_delegate import ConversationDelegate
from desktop.views.conversation_rows import ConversationRows, RowRole
from desktop.views.export_menu import ExportMenu


class ConversationListView(QListView):
    """The list itself.

    Signals:
        opened(str): show this conversation
        export_asked(str, ExportFormat)
    """

    opened = Signal(str)
    export_asked = Signal(str, object)

    def __init__(self, theme: Theme, conversations: ConversationList, chat: ChatModel) -> None:
        super().__init__()
        self._theme = theme
        self._conversations = conversations
        self._chat = chat
        self._rows = ConversationRows(conversations, chat, self)
        self._delegate = ConversationDelegate(theme, self)
        self._delegate.menu_asked.connect(self._show_menu_at_end)
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSpacing(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setAccessibleName("Conversations")
        self._rows.modelReset.connect(self.select_shown)
        chat.conversation_changed.connect(self.select_shown)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)
        theme.changed.connect(self.viewport().update)
        self.select_shown()

    def select_shown(self) -> None:
        """Mark the conversation that is shown."""
        index = self._rows.index_of(self._chat.conversation_id)
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        conversation_id = self.currentIndex().data(RowRole.CONVERSATION_ID)
        if conversation_id and event.matches(QKeySequence.StandardKey.Delete):
            self._conversations.trash(conversation_id)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if by_mouse:
            self._show_menu(index, event.globalPos())
        else:
            self._show_menu_at_end(index)

    def _open(self, index: QModelIndex) -> None:
        conversation_id = index.data(RowRole.CONVERSATION_ID)
        if conversation_id and conversation_id != self._chat.conversation_id:
            self.opened.emit(conversation_id)

    def _show_menu_at_end(self, index: QModelIndex) -> None:
        corner = self.visualRect(index).bottomRight() - QPoint(24, 0)
        self._show_menu(index, self.viewport().mapToGlobal(corner))

    def _show_menu(self, index: QModelIndex, where: QPoint) -> None:
        conversation_id = index.data(RowRole.CONVERSATION_ID)
        if not conversation_id:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Rename", QKeySequence("F2"), lambda: self.edit(index))
        export = ExportMenu(menu)
        export.format_chosen.connect(
            lambda file_format: self.export_asked.emit(conversation_id, file_format)
        )
        menu.addMenu(export)
        menu.addSeparator()
        menu.addAction(
            "Move to the trash",
            QKeySequence(QKeySequence.StandardKey.Delete),
            lambda: self._conversations.trash(conversation_id),
        )
        menu.popup(where)


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
        self.setObjectName("sidebar")
        self.setProperty("panel", "background")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        new = push_button(theme, "New conversation", icon="plus")
        new.clicked.connect(self.new_asked)
        self._add_shortcut_hint(new)
        self.list = ConversationListView(theme, conversations, chat)
        fold = IconButton(theme, "panel-left", "Fold the sidebar", side=32)
        fold.clicked.connect(self.fold_asked)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 8, 8)
        foot.addStretch(1)
        foot.addWidget(fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 0)
        top.addWidget(new)
        middle = QVBoxLayout()
        middle.setContentsMargins(7, 0, 7, 0)
        middle.addWidget(self.list)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.tokens.size["sidebar"], 400)

    def _add_shortcut_hint(self, button: QWidget) -> None:
        keys = QKeySequence(QKeySequence.StandardKey.New)
        hint = label(
            self._theme,
            keys.toString(QKeySequence.SequenceFormat.NativeText).replace("+", " "),
            "small",
            tone="muted",
        )
        row = QHBoxLayout(button)
        row.setContentsMargins(0, 0, 12, 0)
        row.addStretch(1)
        row.addWidget(hint)
        button.setStyleSheet("text-align: left;")

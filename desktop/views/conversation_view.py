"""The list of conversations itself: open, rename, fold, pin and delete, by mouse and by keys."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.theme import Theme
from desktop.views.bidi import menu_corner
from desktop.views.conversation_delegate import ConversationDelegate
from desktop.views.conversation_menu import ConversationMenu, FolderMenu
from desktop.views.conversation_rows import ConversationRows, RowRole
from engine.language import tr

_PIN_KEYS = QKeySequence("Ctrl+D")


class ConversationListView(QListView):
    """Signals:

    opened(str): show this conversation
    export_asked(str)
    """

    opened = Signal(str)
    export_asked = Signal(str)

    def __init__(self, theme: Theme, conversations: ConversationList, chat: ChatModel) -> None:
        super().__init__()
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
        self.setAccessibleName(tr("Conversations"))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self._rows.modelReset.connect(self.select_shown)
        chat.conversation_changed.connect(self.select_shown)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)
        theme.changed.connect(self.doItemsLayout)
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
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Delete):
            self._delete(index)
        elif QKeySequence(event.keyCombination()) == _PIN_KEYS:
            self._pin(index)
        elif index.data(RowRole.FOLDER_ID) and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            # Left folds where the text runs from left to right.
            folds = (event.key() == Qt.Key.Key_Left) is not self.isRightToLeft()
            self._fold(index, folded=folds)
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Drag a conversation out as a Markdown file."""
        path = self.file_to_drag(self.currentIndex())
        if path:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(path))])
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.exec(Qt.DropAction.CopyAction)

    def file_to_drag(self, index: QModelIndex) -> Path | None:
        """A file of the conversation, new for this drag; None for a heading or a folder."""
        summary = self._rows.summary(index)
        return self._conversations.file_of(summary.id) if summary else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self._show_menu(self.indexAt(event.pos()), event.globalPos())
        else:
            self._show_menu_at_end(self.currentIndex())

    def _open(self, index: QModelIndex) -> None:
        conversation_id = index.data(RowRole.CONVERSATION_ID)
        if index.data(RowRole.FOLDER_ID):
            self._fold(index, folded=not index.data(RowRole.FOLDED))
        elif conversation_id and conversation_id != self._chat.conversation_id:
            self.opened.emit(conversation_id)

    def _fold(self, index: QModelIndex, *, folded: bool) -> None:
        folder_id = index.data(RowRole.FOLDER_ID)
        self._rows.fold(folder_id, folded=folded)
        self.setCurrentIndex(self._rows.index_of(folder_id))

    def _pin(self, index: QModelIndex) -> None:
        summary = self._rows.summary(index)
        if summary:
            self._conversations.pin(summary.id, pinned=not summary.pinned)
            self.setCurrentIndex(self._rows.index_of(summary.id))

    def _delete(self, index: QModelIndex) -> None:
        folder_id = index.data(RowRole.FOLDER_ID)
        summary = self._rows.summary(index)
        if folder_id:
            self._conversations.delete_folder(folder_id)
        elif summary:
            self._conversations.trash(summary.id)

    def _show_menu_at_end(self, index: QModelIndex) -> None:
        corner = menu_corner(self, self.visualRect(index))
        self._show_menu(index, self.viewport().mapToGlobal(corner))

    def _show_menu(self, index: QModelIndex, where: QPoint) -> None:
        menu = self.menu_of(index)
        if menu:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def menu_of(self, index: QModelIndex) -> QMenu | None:
        """What can be done with a row; None for a heading."""
        folder_id = index.data(RowRole.FOLDER_ID)
        summary = self._rows.summary(index)
        if folder_id:
            return FolderMenu(self._conversations, folder_id, self, rename=lambda: self.edit(index))
        if summary is None:
            return None
        return ConversationMenu(
            self._conversations,
            summary,
            self,
            rename=lambda: self.edit(index),
            export=lambda: self.export_asked.emit(summary.id),
        )

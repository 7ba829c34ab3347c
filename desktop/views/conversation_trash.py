"""The trash: what is in it, and how it comes back."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.conversation_list import ConversationList
from desktop.conversations.values import ConversationSummary
from desktop.theme import Theme
from desktop.views.bidi import menu_corner
from desktop.views.controls import SEMIBOLD, IconButton, label, push_button
from desktop.views.conversation_delegate import ConversationDelegate
from desktop.views.conversation_rows import UNTITLED, Index, RowRole
from desktop.views.layouts import set_margins
from engine.language import tr

_ROOT = QModelIndex()


class TrashRows(QAbstractListModel):
    """What lies in the trash, newest first."""

    def __init__(self, conversations: ConversationList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._rows: list[ConversationSummary] = []
        conversations.changed.connect(self.reload)
        self.reload()

    def reload(self) -> None:
        """Read the trash again."""
        self.beginResetModel()
        self._rows = self._conversations.in_trash()
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return row.title or UNTITLED
            case Qt.ItemDataRole.AccessibleTextRole:
                return tr("{title}, in the trash").format(title=row.title or UNTITLED)
            case RowRole.CONVERSATION_ID:
                return row.id
        return None


class TrashView(QListView):
    """Enter or the menu of a row restores it."""

    def __init__(self, theme: Theme, conversations: ConversationList) -> None:
        super().__init__()
        self._conversations = conversations
        self.rows = TrashRows(conversations, self)
        delegate = ConversationDelegate(theme, self)
        delegate.menu_asked.connect(self._show_menu_at_end)
        self.setModel(self.rows)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSpacing(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(tr("Trash"))
        self.doubleClicked.connect(self._restore)
        theme.changed.connect(self.doItemsLayout)

    def restore_current(self) -> None:
        """Bring back the chosen one."""
        self._restore(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.restore_current()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self._show_menu(self.indexAt(event.pos()), event.globalPos())
        else:
            self._show_menu_at_end(self.currentIndex())

    def _show_menu_at_end(self, index: QModelIndex) -> None:
        corner = menu_corner(self, self.visualRect(index))
        self._show_menu(index, self.viewport().mapToGlobal(corner))

    def _show_menu(self, index: QModelIndex, where: QPoint) -> None:
        if index.isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("Restore"), lambda: self._restore(index))
            menu.popup(where)

    def _restore(self, index: QModelIndex) -> None:
        conversation_id = index.data(RowRole.CONVERSATION_ID)
        if conversation_id:
            self._conversations.restore(conversation_id)


class TrashPage(QWidget):
    """The trash in place of the list.

    Signals:
        left: go back to the list
    """

    left = Signal()

    def __init__(self, theme: Theme, conversations: ConversationList) -> None:
        super().__init__()
        self.list = TrashView(theme, conversations)
        self._empty = label(theme, tr("The trash is empty."), tone="muted", wrap=True)
        self._restore = push_button(theme, tr("Restore"), "quiet")
        self._restore.clicked.connect(self.list.restore_current)
        back = IconButton(theme, "chevron-left", tr("Back to the conversations"))
        back.clicked.connect(self.left)
        top = QHBoxLayout()
        set_margins(top, 0, 4, 8, 0)
        top.setSpacing(4)
        top.addWidget(back)
        top.addWidget(label(theme, tr("Trash"), weight=SEMIBOLD))
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        hint = label(
            theme, tr("Kept for 30 days, then deleted for good."), "small", tone="muted", wrap=True
        )
        for widget in (hint, self._empty):
            widget.setContentsMargins(8, 0, 8, 0)
        column.addWidget(hint)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        column.addWidget(self._restore)
        self.list.rows.modelReset.connect(self._refresh)
        self.list.selectionModel().currentChanged.connect(self._refresh)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        self._empty.setVisible(not self.list.rows.rowCount())
        self._restore.setEnabled(self.list.currentIndex().isValid())

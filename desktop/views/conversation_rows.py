"""The rows of the sidebar: conversations under "Today", "Yesterday" and so on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.conversations.values import ConversationSummary

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class RowRole(IntEnum):
    """What the delegate asks for besides the text."""

    CONVERSATION_ID = Qt.ItemDataRole.UserRole
    STREAMING = Qt.ItemDataRole.UserRole + 1
    INTERRUPTED = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class _Row:
    text: str
    conversation: ConversationSummary | None
    """None: a heading."""

    @property
    def identity(self) -> tuple[str, str]:
        return self.text, self.conversation.id if self.conversation else ""


def heading_for(day: date, today: date) -> str:
    """Under which heading a conversation of `day` stands."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return "Last week"
    if day > today - timedelta(days=30):
        return "Last month"
    return "Earlier"


class ConversationRows(QAbstractListModel):
    """Conversations newest first, with headings that cannot be chosen."""

    def __init__(
        self, conversations: ConversationList, chat: ChatModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._chat = chat
        self._rows: list[_Row] = []
        conversations.changed.connect(self.reload)
        chat.list_changed.connect(self.reload)
        chat.busy_changed.connect(self.reload)
        self.reload()

    def reload(self) -> None:
        """Read the list again."""
        rows = _with_headings(self._conversations.summaries())
        if [row.identity for row in rows] == [row.identity for row in self._rows]:
            # A reset would close a title that is being edited.
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def index_of(self, conversation_id: str | None) -> QModelIndex:
        """The row of a conversation; an invalid index where it has none."""
        for number, row in enumerate(self._rows):
            if row.conversation and row.conversation.id == conversation_id:
                return self.index(number)
        return QModelIndex()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self._rows[index.row()].conversation is None:
            return Qt.ItemFlag.ItemIsEnabled
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._sentence(row)
            case _:
                return self._fact(row, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        conversation = self._rows[index.row()].conversation
        if role != Qt.ItemDataRole.EditRole or conversation is None:
            return False
        self._conversations.rename(conversation.id, str(value))
        return True

    def _fact(self, row: _Row, role: int) -> object:
        match role:
            case RowRole.CONVERSATION_ID:
                return row.conversation.id if row.conversation else None
            case RowRole.STREAMING:
                return self._is_streaming(row)
            case RowRole.INTERRUPTED:
                return bool(row.conversation and row.conversation.interrupted)
        return None

    def _is_streaming(self, row: _Row) -> bool:
        run = self._chat.run
        return bool(run and row.conversation and run.message.conversation_id == row.conversation.id)

    def _sentence(self, row: _Row) -> str:
        if self._is_streaming(row):
            return f"{row.text}, replying"
        if row.conversation and row.conversation.interrupted:
            return f"{row.text}, ends in a half reply"
        return row.text


def _with_headings(summaries: list[ConversationSummary]) -> list[_Row]:
    today = datetime.now().astimezone().date()
    rows: list[_Row] = []
    heading = ""
    for summary in summaries:
        day = datetime.fromtimestamp(summary.updated_at).astimezone().date()
        if heading_for(day, today) != heading:
            heading = heading_for(day, today)
            rows.append(_Row(heading, None))
        rows.append(_Row(summary.title or "New conversation", summary))
    return rows

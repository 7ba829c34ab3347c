"""The rows of the sidebar: pinned conversations, folders, and the others under their days."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.conversations.values import ConversationSummary, Folder, MessageState, StoredMessage
from engine.language import tr

Index = QModelIndex | QPersistentModelIndex
UNTITLED: Final = tr("New conversation")
_ROOT: Final = QModelIndex()


class RowRole(IntEnum):
    """What the delegate asks for besides the text."""

    CONVERSATION_ID = Qt.ItemDataRole.UserRole
    STREAMING = Qt.ItemDataRole.UserRole + 1
    INTERRUPTED = Qt.ItemDataRole.UserRole + 2
    FOLDER_ID = Qt.ItemDataRole.UserRole + 3
    """Of a folder's own row."""
    FOLDED = Qt.ItemDataRole.UserRole + 4
    PINNED = Qt.ItemDataRole.UserRole + 5
    INSIDE = Qt.ItemDataRole.UserRole + 6
    """The conversation lies in a folder."""
    UNREAD = Qt.ItemDataRole.UserRole + 7
    """A reply ended while another conversation was shown."""


@dataclass(frozen=True)
class _Row:
    """A conversation, a folder, or with neither a heading."""

    text: str
    conversation: ConversationSummary | None = None
    folder: Folder | None = None

    @property
    def identity(self) -> tuple[str, str]:
        own = self.conversation or self.folder
        return self.text, own.id if own else ""


def heading_for(day: date, today: date) -> str:
    """Under which heading a conversation of `day` stands."""
    if day >= today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    if day > today - timedelta(days=7):
        return tr("Last week")
    if day > today - timedelta(days=30):
        return tr("Last month")
    return tr("Earlier")


class ConversationRows(QAbstractListModel):
    """Newest first in each part. Headings cannot be chosen; folders fold."""

    def __init__(
        self, conversations: ConversationList, chat: ChatModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._chat = chat
        self._rows: list[_Row] = []
        self._folded: set[str] = set()
        self._unread: set[str] = set()
        conversations.changed.connect(self.reload)
        chat.list_changed.connect(self.reload)
        chat.busy_changed.connect(self.reload)
        chat.reply_ended.connect(self._reply_ended)
        chat.conversation_changed.connect(self._conversation_shown)
        self.reload()

    def reload(self) -> None:
        """Read the list again."""
        summaries, folders = self._conversations.summaries(), self._conversations.folders()
        rows = list(_rows(summaries, folders, self._folded))
        if [row.identity for row in rows] == [row.identity for row in self._rows]:
            # A reset would close a title that is being edited.
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def fold(self, folder_id: str, *, folded: bool) -> None:
        """Show the conversations of a folder, or only its name."""
        change = self._folded.add if folded else self._folded.discard
        change(folder_id)
        self.reload()

    def index_of(self, own_id: str | None) -> QModelIndex:
        """The row of a conversation or folder; an invalid index where it has none."""
        for number, row in enumerate(self._rows):
            if own_id and row.identity[1] == own_id:
                return self.index(number)
        return QModelIndex()

    def summary(self, index: Index) -> ConversationSummary | None:
        """The conversation of a row."""
        return self._rows[index.row()].conversation if index.isValid() else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or not self._rows[index.row()].identity[1]:
            return Qt.ItemFlag.ItemIsEnabled
        flags = (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemNeverHasChildren
        )
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self.summary(index) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(self._words(row))
            case Qt.ItemDataRole.ToolTipRole:
                return _tool_tip(row)
            case _:
                return self._fact(row, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or not row.identity[1] or str(value) == row.text:
            return False
        if row.conversation:
            self._conversations.rename(row.conversation.id, str(value))
        elif row.folder:
            self._conversations.rename_folder(row.folder.id, str(value))
        return True

    def _reply_ended(self, message: StoredMessage) -> None:
        by_the_person = message.state is MessageState.STOPPED
        if message.conversation_id != self._chat.conversation_id and not by_the_person:
            self._unread.add(message.conversation_id)
            self.reload()

    def _conversation_shown(self) -> None:
        if self._chat.conversation_id in self._unread:
            self._unread.remove(self._chat.conversation_id)
            self.reload()

    def _fact(self, row: _Row, role: int) -> object:
        one = row.conversation
        match role:
            case RowRole.CONVERSATION_ID | RowRole.FOLDER_ID:
                own = one if role == RowRole.CONVERSATION_ID else row.folder
                return own.id if own else None
            case RowRole.FOLDED:
                return self._is_folded(row)
            case RowRole.STREAMING:
                return self._is_streaming(row)
            case RowRole.INSIDE:
                return _is_inside(one)
        marks = {
            RowRole.INTERRUPTED: one and one.interrupted,
            RowRole.PINNED: one and one.pinned,
            RowRole.UNREAD: one and one.id in self._unread,
        }
        return bool(marks[RowRole(role)]) if role in marks else None

    def _is_folded(self, row: _Row) -> bool:
        return bool(row.folder and row.folder.id in self._folded)

    def _is_streaming(self, row: _Row) -> bool:
        run = self._chat.run
        return bool(run and row.conversation and run.message.conversation_id == row.conversation.id)

    def _words(self, row: _Row) -> Iterator[str]:
        """The row as a screen reader says it."""
        yield row.text
        if row.folder:
            yield tr("folder, folded") if self._is_folded(row) else tr("folder")
        if row.conversation is None:
            return
        if self._is_streaming(row):
            yield tr("replying")
        elif row.conversation.interrupted:
            yield tr("ends in a half reply")
        if row.conversation.id in self._unread:
            yield tr("has a new reply")
        if row.conversation.pinned:
            yield tr("pinned")
        yield from (tr("tag {tag}").format(tag=tag) for tag in row.conversation.tags)


def _is_inside(one: ConversationSummary | None) -> bool:
    return bool(one and one.folder_id and not one.pinned)


def _tool_tip(row: _Row) -> str | None:
    if row.conversation is None:
        return None
    tags = " · ".join(row.conversation.tags)
    return f"{row.text}\n{tags}" if tags else row.text


def _rows(
    summaries: Sequence[ConversationSummary], folders: Sequence[Folder], folded: Collection[str]
) -> Iterator[_Row]:
    pinned = [one for one in summaries if one.pinned]
    if pinned:
        yield _Row(tr("Pinned"))
        yield from map(_conversation, pinned)
    for folder in folders:
        yield _Row(folder.name, folder=folder)
        if folder.id not in folded:
            inside = (one for one in summaries if one.folder_id == folder.id and not one.pinned)
            yield from map(_conversation, inside)
    known = {folder.id for folder in folders}
    yield from _by_day(one for one in summaries if not one.pinned and one.folder_id not in known)


def _by_day(summaries: Iterator[ConversationSummary]) -> Iterator[_Row]:
    today = datetime.now().astimezone().date()
    heading = ""
    for summary in summaries:
        day = datetime.fromtimestamp(summary.updated_at).astimezone().date()
        if heading_for(day, today) != heading:
            heading = heading_for(day, today)
            yield _Row(heading)
        yield _conversation(summary)


def _conversation(summary: ConversationSummary) -> _Row:
    return _Row(summary.title or UNTITLED, summary)

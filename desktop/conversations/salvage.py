"""What can be read of a damaged conversations file, in a new one."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.conversations import schema, words
from desktop.conversations.database import Database, SqlValue
from desktop.conversations.readable_rows import ReadableRows
from desktop.conversations.values import MessageState
from engine.errors import DiskTrouble
from engine.events import Role
from engine.language import date, tr

RECOVERED: Final = tr("Recovered conversation")
_TABLES: Final = ("folder", "conversation", "content", "message", "reply_notes", "attachment")
"""In the order in which their rows refer to each other. The journal of changes is given up."""


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "INTEGER": (int,),
    "REAL": (int, float),
    "TEXT": (str,),
    "BLOB": (bytes,),
}


@dataclass(frozen=True)
class Salvage:
    """What became of a damaged file."""

    kept: Path
    """The damaged file itself."""
    conversations: int
    messages: int
    """What could be read of it."""
    backup: Path | None
    """The daily copy that gave what could not be read, if it had any of it."""
    from_backup: int
    """Messages that it gave."""

    @property
    def sentence(self) -> str:
        """For the user: what is, what was saved, and where the rest is."""
        kept = tr("The damaged file is kept as {name} in {parent}.").format(
            name=self.kept.name, parent=self.kept.parent
        )
        return tr("The conversations file is damaged. {saved} {kept}").format(
            saved=self._saved(), kept=kept
        )

    def _saved(self) -> str:
        if not self.messages and not self.from_backup:
            return tr("Nothing in it can be read, so a new one is started.")
        saved = tr("{messages} in {conversations}").format(
            messages=words.messages(self.messages),
            conversations=words.conversations(self.conversations),
        )
        if not self.backup:
            return tr("What can be read is saved: {saved}.").format(saved=saved)
        day = date(dt.date.fromisoformat(self.backup.stem[-10:]))
        return tr(
            "What can be read is saved: {saved}, and {from_backup} from the copy of {day}."
        ).format(saved=saved, from_backup=self.from_backup, day=day)


def salvage(damaged: Path, kept: Path, backups: list[Path], new: Database) -> Salvage:
    """Fill the new database with what can be read of `damaged`, then of the newest backup.

    `kept` is only named in the answer. Raises `DiskTrouble` where `new` cannot be written.
    """
    with new.transaction():
        _take_all(damaged, new)
        conversations, messages = schema.size(new)
        backup = next((one for one in backups if _take_all(one, new)), None)
        _mend(new)
        from_backup = schema.size(new)[1] - messages
    return Salvage(kept, conversations, messages, backup if from_backup else None, from_backup)


def _take_all(path: Path, new: Database) -> bool:
    """Add the rows of one file that are not there yet; whether it could be read at all."""
    with suppress(DiskTrouble), closing(Database(path)) as source:
        source.rows("SELECT 1 FROM sqlite_master LIMIT 1")
        for table in _TABLES:
            _take(source, table, new)
        return True
    return False


def _take(source: Database, table: str, new: Database) -> None:
    columns = _columns(new, table)
    shared = [name for name in _columns(source, table) if name in columns]
    if not shared:
        return
    marks = ", ".join("?" for _ in shared)
    # OR IGNORE: what is there already was newer, and a row that breaks a rule is past help.
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(shared)}) VALUES ({marks})"  # noqa: S608  ours
    for row in ReadableRows(source, table, shared):
        values = {name: _fitting(row[name], columns[name]) for name in shared}
        new.change(insert, *_CLEANERS.get(table, dict)(values).values())


def _columns(database: Database, table: str) -> dict[str, str]:
    """The columns of a table with their types; none where even that cannot be read."""
    with suppress(DiskTrouble):
        return {row["name"]: row["type"] for row in database.rows(f"PRAGMA table_info({table})")}
    return {}


def _fitting(value: SqlValue, kind: str) -> SqlValue:
    """The value if it is of the column's type, else nothing."""
    return value if isinstance(value, _TYPES[kind]) else None


_Values = dict[str, SqlValue]


def _clean_conversation(values: _Values) -> _Values:
    json_columns = {"tags": "[]", "extra": "{}", "sampling": None}
    broken = {name: empty for name, empty in json_columns.items() if not _is_json(values.get(name))}
    return values | {name: empty for name, empty in broken.items() if name in values}


def _clean_message(values: _Values) -> _Values:
    clean = dict(values)
    if clean["role"] not in set(Role):
        clean["role"] = Role.ASSISTANT
    if clean["state"] not in set(MessageState):
        clean["state"] = MessageState.INTERRUPTED
    if not _is_json(clean.get("extra", "{}")):
        clean["extra"] = "{}"
    parent, number = clean["parent"], clean["number"]
    if isinstance(parent, int) and isinstance(number, int) and parent >= number:
        clean["parent"] = None
    return clean


def _is_json(text: SqlValue) -> bool:
    try:
        json.loads(str(text))
    except ValueError:
        return False
    return True


_CLEANERS: Final[Mapping[str, Callable[[_Values], _Values]]] = {
    "conversation": _clean_conversation,
    "message": _clean_message,
}

_MENDING: Final = (
    "UPDATE message SET parent = NULL WHERE parent NOT IN (SELECT number FROM message)",
    "UPDATE conversation SET folder = NULL WHERE folder NOT IN (SELECT number FROM folder)",
    """
    UPDATE conversation SET leaf = (
        SELECT max(number) FROM message
        WHERE message.conversation = conversation.number AND message.trashed_at IS NULL
    ) WHERE leaf IS NULL OR leaf NOT IN (SELECT number FROM message)
    """,
    "DELETE FROM reply_notes WHERE message NOT IN (SELECT number FROM message)",
    """
    DELETE FROM attachment WHERE conversation NOT IN (SELECT number FROM conversation)
        OR message NOT IN (SELECT number FROM message)
    """,
    "UPDATE attachment SET sha256 = NULL WHERE sha256 NOT IN (SELECT sha256 FROM content)",
)


def _mend(database: Database) -> None:
    """Make rows whole that refer to lost ones."""
    orphans = database.rows(
        """
        SELECT conversation, min(created_at) AS first, max(created_at) AS last FROM message
        WHERE conversation NOT IN (SELECT number FROM conversation) GROUP BY conversation
        """
    )
    for row in orphans:
        database.change(
            """
            INSERT INTO conversation (number, id, created_at, updated_at, title)
            VALUES (?, ?, ?, ?, ?)
            """,
            *(row["conversation"], str(uuid.uuid4()), row["first"], row["last"], RECOVERED),
        )
    for statement in _MENDING:
        database.change(statement)

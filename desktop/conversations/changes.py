"""What the person changed, each change with what was there before: undo.

Only columns change: a title, a folder, a time of deletion, and the notes of a reply that went on.
So every undo is the same act, putting old values back, and it works after a restart too.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Final

from desktop.conversations import leaf, tree_writing
from desktop.conversations.database import Database, SqlValue

_CHANGES: Final = """
    SELECT change.number, change.kind, change.before, change.conversation,
        conversation.id AS conversation_id
    FROM change LEFT JOIN conversation ON conversation.number = change.conversation
"""


class Kind(StrEnum):
    """What the person did."""

    RENAME = "rename"
    MOVE = "move"
    PIN = "pin"
    TAG = "tag"
    DELETE_CONVERSATION = "delete conversation"
    DELETE_MESSAGE = "delete message"
    EDIT = "edit"
    CONTINUE = "continue"
    SETTINGS = "settings"
    RENAME_FOLDER = "rename folder"
    DELETE_FOLDER = "delete folder"


class Column(Enum):
    """A column that changes by hand: its table and its name."""

    TITLE = ("conversation", "title")
    FOLDER = ("conversation", "folder")
    PINNED = ("conversation", "pinned")
    TAGS = ("conversation", "tags")
    LEAF = ("conversation", "leaf")
    SYSTEM_PROMPT = ("conversation", "system_prompt")
    SAMPLING = ("conversation", "sampling")
    CONVERSATION_TRASHED = ("conversation", "trashed_at")
    MESSAGE_TRASHED = ("message", "trashed_at")
    MESSAGE_TEXT = ("message", "text")
    MESSAGE_STATE = ("message", "state")
    FOLDER_NAME = ("folder", "name")
    FOLDER_TRASHED = ("folder", "trashed_at")


@dataclass(frozen=True)
class Cell:
    """One value of one row."""

    column: Column
    number: int
    value: SqlValue


@dataclass(frozen=True)
class FormerNotes:
    """The notes of a reply as columns; None where it had none."""

    message: int
    values: Sequence[SqlValue] | None


@dataclass(frozen=True)
class Change:
    """One thing the person did, that `undo` takes back."""

    id: int
    kind: Kind
    conversation_id: str | None
    """None: a folder."""


class Changes:
    """The journal of changes. Every method belongs into a transaction of its caller."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def make(self, kind: Kind, conversation: int | None, cells: Sequence[Cell]) -> None:
        """Write the new values and remember the old ones."""
        before = [replace(cell, value=self._value(cell)) for cell in cells]
        for cell in cells:
            self._write(cell)
        self.remember(kind, conversation, before)

    def remember(
        self,
        kind: Kind,
        conversation: int | None,
        before: Iterable[Cell],
        *,
        added: int | None = None,
        notes: FormerNotes | None = None,
    ) -> None:
        """A change that was made elsewhere: `before` puts it back, and `added` goes to the trash.

        `added` is the number of a message that the change made; `notes` are those that a reply had.
        """
        cells = [(cell.column.name, cell.number, cell.value) for cell in before]
        old = {"cells": cells, "added": added, "notes": notes and (notes.message, notes.values)}
        self._database.change(
            "INSERT INTO change (at, kind, conversation, before) VALUES (?, ?, ?, ?)",
            *(self._clock(), kind, conversation, json.dumps(old)),
        )

    def last(self) -> Change | None:
        """The newest change that was not taken back."""
        rows = self._database.rows(f"{_CHANGES} ORDER BY change.number DESC LIMIT 1")
        return _change(rows[0]) if rows else None

    def undo(self, change_id: int) -> Change:
        """Put back what was there. Raises `LookupError` for what was taken back already."""
        rows = self._database.rows(f"{_CHANGES} WHERE change.number = ?", change_id)
        if not rows:
            raise LookupError(f"no change {change_id}")
        before = json.loads(rows[0]["before"])
        for name, number, value in before["cells"]:
            self._write(Cell(Column[name], number, value))
        if before["added"] is not None:
            self._trash_below(before["added"])
        if before.get("notes"):
            tree_writing.put_notes(self._database, *before["notes"])
        if rows[0]["conversation"] is not None:
            leaf.settle(self._database, rows[0]["conversation"])
        self._database.change("DELETE FROM change WHERE number = ?", change_id)
        return _change(rows[0])

    def _trash_below(self, message: int) -> None:
        now = self._clock()
        for number in leaf.live_below(self._database, message):
            self._write(Cell(Column.MESSAGE_TRASHED, number, now))

    def _value(self, cell: Cell) -> SqlValue:
        table, column = cell.column.value
        rows = self._database.rows(
            f"SELECT {column} FROM {table} WHERE number = ?",  # noqa: S608  names from our enum
            cell.number,
        )
        value: SqlValue = rows[0][0]
        return value

    def _write(self, cell: Cell) -> None:
        table, column = cell.column.value
        self._database.change(
            f"UPDATE {table} SET {column} = ? WHERE number = ?",  # noqa: S608  names from our enum
            *(cell.value, cell.number),
        )


def _change(row: sqlite3.Row) -> Change:
    return Change(row["number"], Kind(row["kind"]), row["conversation_id"])

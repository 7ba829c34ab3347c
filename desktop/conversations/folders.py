"""Folders of conversations."""

import sqlite3
import uuid
from collections.abc import Callable

from desktop.conversations.changes import Cell, Changes, Column, Kind
from desktop.conversations.database import Database
from desktop.conversations.tree_reading import conversation_row
from desktop.conversations.values import Folder


class Folders:
    """The folders of one store. A name may occur twice; raises `LookupError` for unknown ids."""

    def __init__(self, database: Database, changes: Changes, clock: Callable[[], float]) -> None:
        self._database = database
        self._changes = changes
        self._clock = clock

    def all(self) -> list[Folder]:
        """By name."""
        rows = self._database.rows(
            "SELECT id, name FROM folder WHERE trashed_at IS NULL "
            "ORDER BY name COLLATE NOCASE, number"
        )
        return [Folder(row["id"], row["name"]) for row in rows]

    def create(self, name: str) -> Folder:
        """A new, empty folder."""
        folder = str(uuid.uuid4())
        self._database.change("INSERT INTO folder (id, name) VALUES (?, ?)", folder, name)
        row = self._row(folder)
        return Folder(row["id"], row["name"])

    def named(self, name: str) -> Folder:
        """The folder of that name, made now if there is none."""
        found = [folder for folder in self.all() if folder.name == name]
        return found[0] if found else self.create(name)

    def rename(self, folder_id: str, name: str) -> None:
        """Change the name; can be undone."""
        with self._database.transaction():
            cell = Cell(Column.FOLDER_NAME, self._row(folder_id)["number"], name)
            self._changes.make(Kind.RENAME_FOLDER, None, [cell])

    def delete(self, folder_id: str) -> None:
        """Take the folder away and leave its conversations, outside of it; can be undone."""
        with self._database.transaction():
            number = self._row(folder_id)["number"]
            inside = self._database.rows("SELECT number FROM conversation WHERE folder = ?", number)
            cells = [Cell(Column.FOLDER, row["number"], None) for row in inside]
            cells.append(Cell(Column.FOLDER_TRASHED, number, self._clock()))
            self._changes.make(Kind.DELETE_FOLDER, None, cells)

    def move(self, conversation_id: str, folder_id: str | None) -> None:
        """Put a conversation into a folder, None: out of all; can be undone."""
        with self._database.transaction():
            folder = None if folder_id is None else self._row(folder_id)["number"]
            number = conversation_row(self._database, conversation_id)["number"]
            self._changes.make(Kind.MOVE, number, [Cell(Column.FOLDER, number, folder)])

    def _row(self, folder_id: str) -> sqlite3.Row:
        rows = self._database.rows(
            "SELECT * FROM folder WHERE id = ? AND trashed_at IS NULL", folder_id
        )
        if not rows:
            raise LookupError(f"no folder {folder_id}")
        return rows[0]

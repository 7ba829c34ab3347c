"""One SQLite connection: durable settings, explicit transactions, errors as sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from desktop.conversations.disk import sqlite_errors_told

BUSY_SECONDS: Final = 2.0
"""How long a write waits for another process. The window's thread waits with it."""

SqlValue = str | int | float | bytes | None


def storable_text(text: str) -> str:
    """The text as it can be written in UTF-8, which has no lone surrogates.

    Two surrogates that belong together become their character, a lone one becomes U+FFFD.
    Every string on its way into the database passes here, and nothing else is ever changed.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Database:
    """A connection for one thread. Every failure of the disk is raised as `DiskTrouble`."""

    def __init__(self, path: Path | str) -> None:
        with sqlite_errors_told():
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        # A byte that the disk spoilt must not make a whole conversation unreadable.
        self._connection.text_factory = lambda data: data.decode(errors="replace")

    def make_durable(self) -> None:
        """WAL, and a commit returns only when it is on the disk. Changes the file's header."""
        self.pragma("journal_mode = WAL")
        for setting in ("synchronous = FULL", "fullfsync = ON", "temp_store = MEMORY"):
            self.change(f"PRAGMA {setting}")

    def enforce_references(self) -> None:
        """From now on no row may point to one that is not there."""
        self.change("PRAGMA foreign_keys = ON")

    def pragma(self, pragma: str) -> Any:  # noqa: ANN401  SQLite decides the type
        """The first value that a PRAGMA answers."""
        return self.rows(f"PRAGMA {pragma}")[0][0]

    def rows(self, sql: str, *values: SqlValue) -> list[sqlite3.Row]:
        """What a query answers."""
        with sqlite_errors_told(), closing(self._execute(sql, values)) as cursor:
            return cursor.fetchall()

    def change(self, sql: str, *values: SqlValue) -> int:
        """Run a statement; how many rows it changed."""
        with sqlite_errors_told(), closing(self._execute(sql, values)) as cursor:
            return cursor.rowcount

    def _execute(self, sql: str, values: tuple[SqlValue, ...]) -> sqlite3.Cursor:
        storable = [storable_text(value) if isinstance(value, str) else value for value in values]
        return self._connection.execute(sql, storable)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on the disk when the block is left without an error."""
        self.change("BEGIN IMMEDIATE")
        try:
            yield
            self.change("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some errors, a full disk among them.
            if self._connection.in_transaction:
                self.change("ROLLBACK")
            raise

    def close(self) -> None:
        """Idempotent. Folds the WAL into the file if this is the last connection."""
        with sqlite_errors_told():
            self._connection.close()

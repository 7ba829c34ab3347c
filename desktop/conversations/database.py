"""One SQLite connection: durable settings, explicit transactions, errors as sentences."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from desktop.conversations.disk import DamagedDatabase, Locked, sqlite_errors_told
from engine.cancel import CancelToken

BUSY_SECONDS: Final = 10.0
"""How long a write waits for another connection, until it raises `Locked`."""

_PAUSE_SECONDS: Final = 0.03
"""SQLite's locks know no queue: who waits for one looks again after 25 ms at most, at first."""
_LONGEST_PAUSE: Final = 0.5
"""Where somebody in this process was refused the lock and tries again."""
_refused: Final[defaultdict[Path, set[int]]] = defaultdict(set)
"""Connections of this process that were refused a lock and have not got it since, by their file."""

_COPIED_PAGES: Final = 4096
"""Pages copied between two looks at the cancel token: 16 MiB, some 20 ms."""

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


def _address(path: Path, *, read_only: bool) -> str:
    address = path.absolute().as_uri()
    if not read_only:
        return address
    wal = path.with_name(f"{path.name}-wal")
    # Without a WAL all is in the file, and nobody can be writing to it.
    in_wal = wal.exists() and wal.stat().st_size
    return f"{address}?mode=ro" + ("" if in_wal else "&immutable=1")


def suspicion(path: Path) -> Path:
    """A file that is there while damage was seen in the database `path` and not yet mended."""
    return path.with_name(f"{path.name}-suspect")


class Database:
    """A connection for one thread. Every failure of the disk is raised as `DiskTrouble`."""

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        """`path` None: in memory, and nothing is ever written.

        `read_only` asks nothing of the disk, not even room for the WAL's index.
        """
        self._path = path
        address = _address(path, read_only=read_only) if path else ":memory:"
        with self._errors_told():
            self._connection = sqlite3.connect(
                address, timeout=BUSY_SECONDS, isolation_level=None, uri=True
            )
        if read_only:
            self.change("PRAGMA query_only = ON")
        self._connection.row_factory = sqlite3.Row
        # A byte that the disk spoilt must not make a whole conversation unreadable.
        self._connection.text_factory = lambda data: data.decode(errors="replace")

    def make_durable(self) -> None:
        """WAL, and a commit returns only when it is on the disk. Changes the file's header."""
        self.pragma("journal_mode = WAL")
        for setting in ("synchronous = FULL", "fullfsync = ON", "temp_store = MEMORY"):
            self.change(f"PRAGMA {setting}")

    def wait_at_most(self, seconds: float) -> None:
        """Wait no longer than that for another connection, in place of `BUSY_SECONDS`."""
        self.pragma(f"busy_timeout = {round(1000 * seconds)}")

    def enforce_references(self) -> None:
        """From now on no row may point to one that is not there."""
        self.change("PRAGMA foreign_keys = ON")

    def pragma(self, pragma: str) -> Any:  # noqa: ANN401  SQLite decides the type
        """The first value that a PRAGMA answers."""
        return self.rows(f"PRAGMA {pragma}")[0][0]

    def rows(self, sql: str, *values: SqlValue) -> list[sqlite3.Row]:
        """What a query answers."""
        with self._errors_told(), closing(self._execute(sql, values)) as cursor:
            return cursor.fetchall()

    def change(self, sql: str, *values: SqlValue) -> int:
        """Run a statement; how many rows it changed."""
        with self._errors_told(), closing(self._execute(sql, values)) as cursor:
            self._forget_refusal()
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

    @contextmanager
    def in_passing(self) -> Iterator[None]:
        """Not in a transaction: what is written goes to the system, and to the disk with what is
        written later. It survives the end of this process, not that of the machine.
        """
        before = self.pragma("synchronous")
        self._synchronise("NORMAL")
        try:
            yield
        finally:
            self._synchronise(before)

    def _synchronise(self, level: str | int) -> None:
        with self._errors_told(), closing(self._execute(f"PRAGMA synchronous = {level}", ())):
            pass

    def let_others_write(self) -> None:
        """Between two transactions of many: without a pause nobody else would get the lock."""
        until = time.monotonic() + _LONGEST_PAUSE
        time.sleep(_PAUSE_SECONDS)
        while self._path and _refused[self._path] - {id(self)} and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS / 4)

    def _forget_refusal(self) -> None:
        if self._path:
            _refused[self._path].discard(id(self))

    def close(self) -> None:
        """Idempotent. Folds the WAL into the file if this is the last connection."""
        self._forget_refusal()
        with self._errors_told():
            self._connection.close()

    def copy_to(self, destination: Path, cancel: CancelToken) -> None:
        """Write a whole, self-contained copy as it is at this moment, whoever writes meanwhile.

        Raises `Cancelled`; what is at `destination` is of no use then.
        """
        with self._errors_told(), closing(sqlite3.connect(destination)) as copy, self._snapshot():
            self._connection.backup(
                copy, pages=_COPIED_PAGES, progress=lambda *_: cancel.check(), sleep=0
            )
            # The copy is in WAL mode too; this makes it one file that can be carried away.
            copy.execute("PRAGMA journal_mode = DELETE").close()

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """What others write meanwhile is not seen; without it a copy begins anew each time."""
        self.change("BEGIN")
        try:
            self.rows("SELECT 1 FROM sqlite_master LIMIT 1")
            yield
        finally:
            self.change("ROLLBACK")

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            with sqlite_errors_told():
                yield
        except DamagedDatabase:
            self.suspect()
            raise
        except Locked:
            if self._path:
                _refused[self._path].add(id(self))
            raise

    def suspect(self) -> None:
        """Let the next start look at every page, however large the file is."""
        if self._path:
            with suppress(OSError):
                suspicion(self._path).touch()

"""Open the conversations file, whatever state it is in, without losing what is in it."""

from datetime import datetime
from pathlib import Path
from typing import Final

from desktop.conversations import schema
from desktop.conversations.database import Database
from desktop.conversations.disk import DamagedDatabase, os_errors_told

_OWNER_ONLY: Final = 0o600
_OTHERS: Final = 0o077
_MAGIC: Final = b"SQLite format 3\0"


def open_database(path: Path | None) -> tuple[Database, str | None]:
    """The database at `path`, created or migrated as needed, and a sentence for the user or None.

    A damaged or foreign file is set aside next to it under a dated name, and a new one is started.
    None is a database in memory, of which nothing is ever written.
    """
    if path is None:
        return _open(":memory:"), None
    _make_private(path)
    try:
        _check_magic(path)
        return _open(path), None
    except DamagedDatabase:
        kept = _set_aside(path)
    _make_private(path)
    notice = (
        f"The conversations file cannot be read. It is kept as {kept.name} in {kept.parent}, "
        "and a new one is started."
    )
    return _open(path), notice


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm files the mode of the main file.
    with os_errors_told("The conversations file"):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=_OWNER_ONLY)
        elif path.is_file() and path.stat().st_mode & _OTHERS:
            path.chmod(_OWNER_ONLY)


def _check_magic(path: Path) -> None:
    # Before SQLite sees the file: it overwrites a short one and drops the WAL of a damaged one.
    with os_errors_told("The conversations file"), path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start not in (b"", _MAGIC):
        raise DamagedDatabase("The conversations file is no database.")


def _open(path: Path | str) -> Database:
    database = Database(path)
    try:
        schema.check(database)
        database.make_durable()
        schema.migrate(database)
        database.enforce_references()
    except BaseException:
        database.close()
        raise
    return database


def _set_aside(path: Path) -> Path:
    kept = _free_name(path)
    with os_errors_told("The damaged conversations file"):
        # The WAL first: next to a new database SQLite would take it for its own and drop it.
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
    return kept


def _free_name(path: Path) -> Path:
    stem = f"{path.stem}-damaged-{datetime.now():%Y-%m-%d-%H%M%S}"
    kept, count = path.with_name(f"{stem}{path.suffix}"), 1
    while kept.exists():
        count += 1
        kept = path.with_name(f"{stem}-{count}{path.suffix}")
    return kept

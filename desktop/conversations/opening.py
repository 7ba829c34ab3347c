"""Open the conversations file, whatever state it is in, without losing what is in it."""

import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from desktop.conversations import schema
from desktop.conversations.backup import backup_before_step, daily_backups
from desktop.conversations.database import Database, suspicion
from desktop.conversations.disk import DamagedDatabase, os_errors_told
from desktop.conversations.presence import Presence
from desktop.conversations.salvage import Salvage, salvage
from engine.errors import DiskTrouble
from engine.language import tr

CHECKED_AT_ONCE: Final = 200 << 20
"""Bytes. A check takes about 0.1 s for 100 MB; larger files are checked once a day, beside the
work (`upkeep.py`), and at once where damage was seen."""

_OWNER_ONLY: Final = 0o600
_OTHERS: Final = 0o077
_MAGIC: Final = b"SQLite format 3\0"


@dataclass(frozen=True)
class Opened:
    """The database, and what went wrong on the way."""

    database: Database
    salvaged: Salvage | None = None
    """What was saved of a damaged file."""
    trouble: DiskTrouble | None = None
    """Why nothing can be written."""


def open_database(path: Path | None, presence: Presence | None) -> Opened:
    """The database at `path`, created or migrated as needed.

    A damaged or foreign file is set aside next to it under a dated name, and what can be read of
    it goes into a new one. Where the disk takes nothing, the file is opened for reading.
    None is a database in memory, of which nothing is ever written.
    Holds `presence`, where the disk lets it.
    """
    if path is None or presence is None:
        return Opened(_in_memory())
    _make_private(path)
    with suppress(DiskTrouble):
        presence.hold()
    try:
        return _open_or_salvage(path, is_alone=not presence.others())
    except BaseException:
        presence.close()
        raise


def _for_reading(path: Path) -> Database | None:
    """The file as it is; None where that needs a change first, or nothing can be read."""
    with suppress(DiskTrouble, OSError):
        database = Database(path, read_only=True)
        with suppress(DiskTrouble):
            schema.check(database)
            schema.check_tables(database)
            return database
        database.close()
    return None


def _open_or_salvage(path: Path, *, is_alone: bool) -> Opened:
    try:
        _check_magic(path)
        return Opened(_open(path))
    except DamagedDatabase as damage:
        if not is_alone:
            raise DamagedDatabase(
                tr("The conversations file is damaged, and another Outrider has it open."),
                hint=tr("Close it, then start Outrider again: it saves what can be read."),
                detail=damage.detail,
            ) from damage
    except DiskTrouble as trouble:
        database = _for_reading(path)
        if database is None:
            raise
        return Opened(database, trouble=trouble)
    salvaged = _salvage(path)
    return Opened(_open(path), salvaged)


def _salvage(path: Path) -> Salvage:
    """Put a new file in the place of the damaged one, which stays under another name."""
    kept = _free_name(path)
    with os_errors_told(tr("What can be read of the damaged conversations file")):
        folder = TemporaryDirectory(dir=path.parent, prefix=".salvage-")
    with folder as name:
        damaged, new = Path(name) / path.name, Path(name) / f"new-{path.name}"
        # From a copy, because SQLite changes a file with a WAL even by reading it.
        _copy(path, damaged)
        new.touch(mode=_OWNER_ONLY)
        with closing(_prepared(Database(new), None)) as database:
            salvaged = salvage(damaged, kept, daily_backups(path), database)
        _take_place(new, path, kept)
    return salvaged


def _copy(path: Path, copy: Path) -> None:
    with os_errors_told(tr("A copy of the damaged conversations file")):
        shutil.copyfile(path, copy)
        wal = _beside(path, "-wal")
        if wal.exists():
            shutil.copyfile(wal, _beside(copy, "-wal"))


def _take_place(new: Path, path: Path, kept: Path) -> None:
    with os_errors_told(tr("The new conversations file")):
        # The WAL first: next to a new database SQLite would take it for its own and drop it.
        for suffix in ("-wal", "-shm", ""):
            if _beside(path, suffix).exists():
                _beside(path, suffix).rename(_beside(kept, suffix))
        new.rename(path)
        suspicion(path).unlink(missing_ok=True)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm files the mode of the main file.
    with os_errors_told(tr("The conversations file")):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=_OWNER_ONLY)
        elif path.is_file() and path.stat().st_mode & _OTHERS:
            path.chmod(_OWNER_ONLY)


def _check_magic(path: Path) -> None:
    # Before SQLite sees the file: it overwrites a short one and drops the WAL of a damaged one.
    with os_errors_told(tr("The conversations file")), path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start not in (b"", _MAGIC):
        raise DamagedDatabase(tr("The conversations file is no database."))


def _in_memory() -> Database:
    database = _prepared(Database(None), None)
    database.enforce_references()
    return database


def _open(path: Path) -> Database:
    database = _prepared(Database(path), path)
    database.enforce_references()
    return database


def _prepared(database: Database, path: Path | None) -> Database:
    try:
        schema.check(database)
        if path and (path.stat().st_size <= CHECKED_AT_ONCE or suspicion(path).exists()):
            schema.check_pages(database)
            with suppress(OSError):
                suspicion(path).unlink(missing_ok=True)
        database.make_durable()
        if path and 0 < schema.version(database) < schema.newest():
            backup_before_step(path, schema.version(database))
        schema.migrate(database)
        schema.check_tables(database)
    except BaseException:
        database.close()
        raise
    return database


def _free_name(path: Path) -> Path:
    stem = f"{path.stem}-damaged-{datetime.now():%Y-%m-%d-%H%M%S}"
    kept, count = path.with_name(f"{stem}{path.suffix}"), 1
    while kept.exists():
        count += 1
        kept = path.with_name(f"{stem}-{count}{path.suffix}")
    return kept

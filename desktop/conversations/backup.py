"""Copies of the conversations file: one a day, and one before each change of its form."""

import os
from contextlib import closing, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final

from desktop.conversations.database import Database
from desktop.conversations.disk import os_errors_told
from engine.cancel import CancelToken
from engine.language import tr

DAILY_KEPT: Final = 7
EARLIER_FORMS_KEPT: Final = 3
_DAILY: Final = "daily"


def backup_folder(database: Path) -> Path:
    """Where the copies of a conversations file lie."""
    return database.parent / "backups"


def back_up(database: Path, destination: Path, cancel: CancelToken) -> None:
    """Copy the conversations file to `destination`, wholly or not at all; others may write on.

    Raises `Cancelled` and `DiskTrouble`.
    """
    part = destination.with_name(f".{destination.name}.part")
    with os_errors_told(tr("The backup")):
        destination.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
    try:
        with closing(Database(database)) as source:
            source.copy_to(part, cancel)
        with os_errors_told(tr("The backup")):
            _flush(part)
            part.replace(destination)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def todays_backup(database: Path, today: date) -> Path:
    """Where the copy of this day belongs."""
    return backup_folder(database) / f"{database.stem}-{_DAILY}-{today:%Y-%m-%d}.sqlite"


def daily_backup(database: Path, today: date, cancel: CancelToken) -> Path:
    """Make the copy of this day, and remove the oldest ones."""
    destination = todays_backup(database, today)
    back_up(database, destination, cancel)
    _keep(daily_backups(database), DAILY_KEPT)
    return destination


def daily_backups(database: Path) -> list[Path]:
    """The daily copies, newest first."""
    return _newest_first(database, _DAILY)


def backup_before_step(database: Path, version: int) -> None:
    """A copy of a file of an older form, before it gets the newest one."""
    kind = f"version-{version}"
    name = f"{database.stem}-{kind}-{datetime.now():%Y-%m-%d-%H%M%S}.sqlite"
    back_up(database, backup_folder(database) / name, CancelToken())
    _keep(_newest_first(database, "version-*"), EARLIER_FORMS_KEPT)


def _newest_first(database: Path, kind: str) -> list[Path]:
    found = backup_folder(database).glob(f"{database.stem}-{kind}-????-??-??*.sqlite")
    return sorted(found, key=lambda path: path.name, reverse=True)


def _keep(newest_first: list[Path], count: int) -> None:
    for path in newest_first[count:]:
        with suppress(OSError):
            path.unlink()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())

"""What SQLite and the file system report, in words for the person at the keyboard."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from engine.errors import DiskTrouble
from engine.language import tr


class DamagedDatabase(DiskTrouble):
    """The file is no database of Outrider, or a part of it cannot be read."""

    title = tr("The conversations cannot be read")


def damaged(detail: str) -> DamagedDatabase:
    """The sentence for a file in which something cannot be read."""
    return DamagedDatabase(
        tr("The conversations file is damaged."),
        hint=tr("Start Outrider again: it keeps the file and saves what can be read."),
        detail=detail,
    )


class NewerDatabase(DiskTrouble):
    """A newer Outrider wrote the file; this one must not touch it."""

    title = tr("The conversations cannot be opened")


class DestinationExists(DiskTrouble):
    """A file of that name is there, and nobody allowed replacing it."""

    title = tr("The file exists already")


class Locked(DiskTrouble):
    """Somebody else writes to the file right now, and did for longer than a write may wait."""

    title = tr("The conversations are busy")


_FULL: Final = (tr("the disk is full."), tr("Free some space, then try again."))
_FORBIDDEN: Final = (
    tr("this place is read-only or belongs to someone else."),
    tr("Allow writing there, or choose another folder."),
)

_SQLITE_REASONS: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: (
        tr("the file cannot be opened."),
        tr("Check that its folder exists and may be written."),
    ),
    sqlite3.SQLITE_BUSY: (
        tr("another program is using the file."),
        tr("Close other windows of Outrider, then try again."),
    ),
    sqlite3.SQLITE_IOERR: (tr("the disk reports an error."), tr("Check the disk, then try again.")),
    sqlite3.SQLITE_TOOBIG: (
        tr("the text is too long for one message."),
        tr("Split it into parts."),
    ),
}
_SQLITE_DAMAGE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_OS_REASONS: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: (
        tr("your share of the disk is used up."),
        tr("Free some space, then try again."),
    ),
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.ENOENT: (tr("its folder does not exist."), tr("Choose another folder.")),
    errno.ENOTDIR: (tr("its folder does not exist."), tr("Choose another folder.")),
    errno.EISDIR: (tr("a folder has this name."), tr("Choose another name.")),
    errno.ENAMETOOLONG: (tr("its name is too long."), tr("Choose a shorter name.")),
}


@contextmanager
def sqlite_errors_told() -> Iterator[None]:
    """Turn what the disk does to SQLite into `DiskTrouble`; mistakes of the code pass through."""
    try:
        yield
    except sqlite3.Error as error:
        trouble = _sqlite_trouble(error)
        if trouble is None:
            raise
        raise trouble from error
    except UnicodeDecodeError as error:
        # SQLite quotes a damaged name, and Python cannot read what SQLite says.
        raise damaged(str(error)) from error


def _sqlite_trouble(error: sqlite3.Error) -> DiskTrouble | None:
    # An error that Python's own layer raises has no code.
    primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary_code in _SQLITE_DAMAGE:
        return damaged(str(error))
    if primary_code not in _SQLITE_REASONS:
        return None
    reason, hint = _SQLITE_REASONS[primary_code]
    kind = Locked if primary_code == sqlite3.SQLITE_BUSY else DiskTrouble
    return kind(
        tr("The conversations cannot be saved: {reason}").format(reason=reason),
        hint=hint,
        detail=str(error),
    )


@contextmanager
def os_errors_told(what: str) -> Iterator[None]:
    """Turn an `OSError` into `DiskTrouble`; `what` ends up in "`what` cannot be written: ..."."""
    try:
        yield
    except OSError as error:
        reason, hint = _OS_REASONS.get(
            error.errno or 0, (tr("the disk reports an error."), tr("Choose another folder."))
        )
        raise DiskTrouble(
            tr("{what} cannot be written: {reason}").format(what=what, reason=reason),
            hint=hint,
            detail=str(error),
        ) from error

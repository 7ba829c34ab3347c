"""What leaves the disk for good: whatever lay in the trash for 30 days."""

from typing import Final

from desktop.conversations.database import Database
from engine.cancel import CancelToken

KEPT_SECONDS: Final = 30 * 24 * 3600.0

# In this order: nothing may refer to what is gone.
_OLD_PARTS: Final = (
    "DELETE FROM change WHERE at < ?",
    "DELETE FROM message WHERE trashed_at < ?",
    "DELETE FROM folder WHERE trashed_at < ?",
)
_UNUSED_CONTENT: Final = """
    DELETE FROM content WHERE sha256 NOT IN (
        SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL
    )
"""


def empty_trash(database: Database, now: float, cancel: CancelToken) -> int:
    """Remove what has been in the trash for longer than 30 days; how many conversations.

    Raises `Cancelled` between two steps; what is left is for the next time.
    """
    oldest = now - KEPT_SECONDS
    old = database.rows("SELECT number FROM conversation WHERE trashed_at < ?", oldest)
    numbers = [number for (number,) in old]
    for number in numbers:
        cancel.check()
        # One at a time: the window writes meanwhile, and must never wait long for that.
        with database.transaction():
            _remove(database, number, oldest)
        database.let_others_write()
    cancel.check()
    with database.transaction():
        for statement in _OLD_PARTS:
            database.change(statement, oldest)
        database.change(_UNUSED_CONTENT)
    return len(numbers)


def _remove(database: Database, number: int, oldest: float) -> None:
    # Asked again: it may have been restored since.
    if database.rows(
        "SELECT 1 FROM conversation WHERE number = ? AND trashed_at < ?", number, oldest
    ):
        database.change("UPDATE conversation SET leaf = NULL WHERE number = ?", number)
        database.change("DELETE FROM message WHERE conversation = ?", number)
        database.change("DELETE FROM conversation WHERE number = ?", number)

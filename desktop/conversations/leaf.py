"""Which leaf of a tree is current: the end of the path that is shown."""

from desktop.conversations.database import Database


def live_below(database: Database, message: int) -> list[int]:
    """The message and all that follows it, without the trash."""
    rows = database.rows(
        """
        WITH RECURSIVE below (number) AS (
            VALUES (?)
            UNION ALL
            SELECT message.number FROM message JOIN below ON message.parent = below.number
            WHERE message.trashed_at IS NULL
        )
        SELECT number FROM below
        """,
        message,
    )
    return [number for (number,) in rows]


def select(database: Database, message: int, conversation: int) -> None:
    """Make the branch through `message` current, down to its newest leaf."""
    # A child's number is greater than its parent's, so the greatest has no child.
    newest = max(live_below(database, message))
    database.change("UPDATE conversation SET leaf = ? WHERE number = ?", newest, conversation)


def settle(database: Database, conversation: int) -> None:
    """Where the current leaf is in the trash, go to the newest branch beside it, or above it."""
    (row,) = database.rows(
        """
        WITH RECURSIVE upwards (number, parent, trashed_at, steps) AS (
            SELECT message.number, parent, message.trashed_at, 0 FROM message
            JOIN conversation ON leaf = message.number WHERE conversation.number = ?
            UNION ALL
            SELECT message.number, message.parent, message.trashed_at, steps + 1
            FROM message JOIN upwards ON message.number = upwards.parent
        )
        SELECT (SELECT number FROM upwards WHERE trashed_at IS NULL ORDER BY steps LIMIT 1) AS live,
            (SELECT max(number) FROM message
                WHERE conversation = ? AND parent IS NULL AND trashed_at IS NULL) AS root
        """,
        *(conversation, conversation),
    )
    start = row["root"] if row["live"] is None else row["live"]
    if start is None:
        database.change("UPDATE conversation SET leaf = NULL WHERE number = ?", conversation)
    else:
        select(database, start, conversation)

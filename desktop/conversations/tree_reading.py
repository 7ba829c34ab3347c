"""Reading trees: the current path, every branch, and how many branches there are."""

import json
import sqlite3
from collections import defaultdict

from desktop.conversations.database import Database
from desktop.conversations.records import MESSAGES, attachment, sampling_from, stored_message
from desktop.conversations.values import Attachment, ConversationTree, StoredMessage


def conversation_row(database: Database, conversation_id: str) -> sqlite3.Row:
    """The conversation, in the trash or not. Raises `LookupError`."""
    rows = database.rows(
        """
        SELECT conversation.*, message.id AS current_id, folder.name AS folder_name
        FROM conversation
        LEFT JOIN message ON message.number = conversation.leaf
        LEFT JOIN folder
            ON folder.number = conversation.folder AND folder.trashed_at IS NULL
        WHERE conversation.id = ?
        """,
        conversation_id,
    )
    if not rows:
        raise LookupError(f"no conversation {conversation_id}")
    return rows[0]


def message_row(database: Database, message_id: str) -> sqlite3.Row:
    """Where a message stands in its tree. Raises `LookupError`, also for one in the trash."""
    rows = database.rows(
        "SELECT number, conversation, parent FROM message WHERE id = ? AND trashed_at IS NULL",
        message_id,
    )
    if not rows:
        raise LookupError(f"no message {message_id}")
    return rows[0]


def message(database: Database, number: int) -> StoredMessage:
    """One message, in the trash or not."""
    return _messages(database, "message.number = ?", number)[0]


def path(database: Database, conversation_id: str) -> list[StoredMessage]:
    """The current path, root to leaf."""
    return _messages(
        database,
        """
        message.trashed_at IS NULL AND message.number IN (
            WITH RECURSIVE upwards (number) AS (
                SELECT leaf FROM conversation WHERE number = ?
                UNION ALL
                SELECT message.parent FROM message JOIN upwards USING (number)
            )
            SELECT number FROM upwards
        )
        """,
        conversation_row(database, conversation_id)["number"],
    )


def siblings(database: Database, message_id: str) -> list[StoredMessage]:
    """The branches at this point, oldest first, `message_id` among them."""
    row = message_row(database, message_id)
    return _messages(
        database,
        "message.parent IS ? AND message.conversation = ? AND message.trashed_at IS NULL",
        *(row["parent"], row["conversation"]),
    )


def branches(database: Database, conversation_id: str) -> dict[str, tuple[str, ...]]:
    """For each message the ids of the branches at its point, oldest first, its own among them."""
    rows = database.rows(
        """
        SELECT id, parent FROM message
        WHERE conversation = ? AND trashed_at IS NULL ORDER BY number
        """,
        conversation_row(database, conversation_id)["number"],
    )
    by_parent: defaultdict[int | None, list[str]] = defaultdict(list)
    for row in rows:
        by_parent[row["parent"]].append(row["id"])
    return {one: ids for ids in map(tuple, by_parent.values()) for one in ids}


def tree(database: Database, conversation_id: str) -> ConversationTree:
    """The whole conversation with every branch."""
    row = conversation_row(database, conversation_id)
    live_in_conversation = "message.conversation = ? AND message.trashed_at IS NULL"
    return ConversationTree(
        id=row["id"],
        title=row["title"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        current_id=row["current_id"],
        messages=tuple(_messages(database, live_in_conversation, row["number"])),
        folder=row["folder_name"] or "",
        pinned=bool(row["pinned"]),
        tags=tuple(json.loads(row["tags"])),
        system_prompt=row["system_prompt"],
        sampling=sampling_from(row["sampling"]),
        source=row["source"],
        extra=json.loads(row["extra"]),
    )


def unsent_attachments(database: Database, conversation_id: str) -> tuple[Attachment, ...]:
    """The files that wait beside the unsent text."""
    rows = database.rows(
        "SELECT * FROM attachment WHERE conversation = ? AND message IS NULL ORDER BY number",
        conversation_row(database, conversation_id)["number"],
    )
    return tuple(map(attachment, rows))


def _messages(database: Database, condition: str, *values: str | int | None) -> list[StoredMessage]:
    rows = database.rows(f"{MESSAGES} WHERE {condition} ORDER BY message.number", *values)
    attached = _attachments(database, condition, *values) if rows else {}
    return [stored_message(row, tuple(attached.get(row["number"], ()))) for row in rows]


def _attachments(
    database: Database, condition: str, *values: str | int | None
) -> dict[int, list[Attachment]]:
    rows = database.rows(
        f"""
        SELECT attachment.* FROM attachment JOIN message ON message.number = attachment.message
        WHERE {condition} ORDER BY attachment.number
        """,  # noqa: S608  the conditions are those of this module
        *values,
    )
    attached: defaultdict[int, list[Attachment]] = defaultdict(list)
    for row in rows:
        attached[row["message"]].append(attachment(row))
    return attached

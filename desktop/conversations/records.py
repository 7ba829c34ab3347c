"""How rows of the database become values."""

import sqlite3
from dataclasses import fields
from typing import Final

from desktop.conversations.values import (
    ConversationSummary,
    MessageState,
    ReplyNotes,
    StoredMessage,
)
from engine.events import Role

MESSAGES: Final = """
    SELECT message.id, conversation.id AS conversation_id, above.id AS parent_id,
        message.role, message.state, message.created_at, message.text, reply_notes.*
    FROM message
    JOIN conversation ON conversation.number = message.conversation
    LEFT JOIN message AS above ON above.number = message.parent
    LEFT JOIN reply_notes ON reply_notes.message = message.number
"""
"""Selects what `stored_message` reads; a WHERE clause follows."""

SUMMARIES: Final = """
    SELECT conversation.id, conversation.title, conversation.updated_at,
        coalesce(message.state = 'interrupted', 0) AS interrupted
    FROM conversation
    LEFT JOIN message ON message.number = conversation.leaf
"""
"""Selects what `summary` reads; a WHERE clause follows."""

_NOTES: Final = tuple(field.name for field in fields(ReplyNotes))


def summary(row: sqlite3.Row) -> ConversationSummary:
    """A row of `SUMMARIES`."""
    return ConversationSummary(
        row["id"], row["title"], row["updated_at"], interrupted=bool(row["interrupted"])
    )


def stored_message(row: sqlite3.Row) -> StoredMessage:
    """A row of `MESSAGES`."""
    has_notes = row["message"] is not None
    return StoredMessage(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent_id=row["parent_id"],
        role=Role(row["role"]),
        text=row["text"],
        state=MessageState(row["state"]),
        created_at=row["created_at"],
        notes=ReplyNotes(**{name: row[name] for name in _NOTES}) if has_notes else None,
    )

"""How rows of the database become values, and values columns."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any, Final

from desktop.conversations.database import SqlValue, storable_text
from desktop.conversations.values import (
    Attachment,
    ConversationSummary,
    MessageState,
    ReplyNotes,
    StoredMessage,
    TextOrigins,
)
from engine.config import SamplingConfig
from engine.errors import BadSetting
from engine.events import Origin, Role

MESSAGES: Final = """
    SELECT message.number, message.id, conversation.id AS conversation_id, above.id AS parent_id,
        message.role, message.state, message.created_at, message.model, message.extra,
        message.thinking, message.text, reply_notes.*
    FROM message
    JOIN conversation ON conversation.number = message.conversation
    LEFT JOIN message AS above ON above.number = message.parent
    LEFT JOIN reply_notes ON reply_notes.message = message.number
"""
"""Selects what `stored_message` reads; a WHERE clause follows."""

SUMMARIES: Final = """
    SELECT conversation.id, conversation.title, conversation.updated_at, conversation.pinned,
        conversation.tags, folder.id AS folder_id,
        coalesce(message.state = 'interrupted', 0) AS interrupted
    FROM conversation
    LEFT JOIN message ON message.number = conversation.leaf
    LEFT JOIN folder ON folder.number = conversation.folder AND folder.trashed_at IS NULL
"""
"""Selects what `summary` reads; a WHERE clause follows."""

NOTES: Final = tuple(field.name for field in fields(ReplyNotes))
"""The columns of `reply_notes` besides its message."""

_CODES: Final = {Origin.TREE: "t", Origin.NGRAM: "n", Origin.RECYCLED: "r", Origin.TARGET: "p"}
_ORIGINS: Final = {code: origin for origin, code in _CODES.items()}


def summary(row: sqlite3.Row) -> ConversationSummary:
    """A row of `SUMMARIES`."""
    return ConversationSummary(
        row["id"],
        row["title"],
        row["updated_at"],
        interrupted=bool(row["interrupted"]),
        folder_id=row["folder_id"],
        pinned=bool(row["pinned"]),
        tags=tuple(json.loads(row["tags"])),
    )


def stored_message(row: sqlite3.Row, attachments: tuple[Attachment, ...] = ()) -> StoredMessage:
    """A row of `MESSAGES`."""
    return StoredMessage(
        id=row["id"],
        conversation_id=row["conversation_id"],
        parent_id=row["parent_id"],
        role=Role(row["role"]),
        text=row["text"],
        state=MessageState(row["state"]),
        created_at=row["created_at"],
        notes=None if row["message"] is None else _notes(row),
        model=row["model"],
        thinking=row["thinking"],
        attachments=attachments,
        extra=json.loads(row["extra"]),
    )


def attachment(row: sqlite3.Row) -> Attachment:
    """A row of the table of attachments."""
    return Attachment(
        name=row["name"],
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"] or "",
        text=row["text"],
        extra=json.loads(row["extra"]),
    )


def _notes(row: sqlite3.Row) -> ReplyNotes:
    values = {name: row[name] for name in NOTES}
    values["sampling"] = sampling_from(row["sampling"])
    values["origins"] = tuple(
        _text_origins(characters, codes) for characters, codes in json.loads(row["origins"])
    )
    return ReplyNotes(**values)


@lru_cache(maxsize=4096)
def _text_origins(characters: int, codes: str) -> TextOrigins:
    """A long reply has tens of thousands of parts, and most of them are alike."""
    return TextOrigins(characters, tuple(_ORIGINS[code] for code in codes))


def notes_columns(notes: ReplyNotes) -> tuple[SqlValue, ...]:
    """The values of the columns `NOTES`."""
    values = vars(notes) | {
        "sampling": sampling_column(notes.sampling),
        "origins": json.dumps(
            [
                [one.characters, "".join(_CODES[origin] for origin in one.origins)]
                for one in notes.origins
            ],
            separators=(",", ":"),
        ),
    }
    return tuple(values[name] for name in NOTES)


def sampling_column(sampling: SamplingConfig | None) -> str | None:
    """Every value: a reply or a conversation keeps what it had when the defaults change."""
    return None if sampling is None else json.dumps(asdict(sampling))


def sampling_from(column: str | None) -> SamplingConfig | None:
    """What `sampling_column` wrote; None where a newer or broken value says nothing to us."""
    if column is None:
        return None
    known = {field.name for field in fields(SamplingConfig)}
    values = {name: value for name, value in json.loads(column).items() if name in known}
    try:
        return SamplingConfig(**values | {"stop": tuple(values.get("stop", ()))})
    except (BadSetting, TypeError):
        return None


def json_column(value: Mapping[str, Any]) -> str:
    """JSON as it is stored: ASCII, so that even lone surrogates come back as they were."""
    return json.dumps(value, allow_nan=False)


def tags_column(tags: Iterable[str]) -> str:
    """Each tag once, in this order."""
    return json.dumps(list(dict.fromkeys(map(storable_text, tags))), ensure_ascii=False)

"""Full-text search over titles and messages. Knows SQLite's index; `query.py` knows the person."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.conversations.database import Database, SqlValue
from desktop.conversations.query import Query, Snippet
from engine.events import Role

LIMIT: Final = 200


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which conversations and messages a search looks at; what is None does not matter."""

    folder_id: str | None = None
    tag: str | None = None
    model: str | None = None
    """A model that answered in the conversation, as it is shown."""
    since: float | None = None
    until: float | None = None
    """Unix seconds: of the message, or of a conversation's last message for its title."""


@dataclass(frozen=True)
class Hit:
    """A title or a message in which all terms occur."""

    conversation_id: str
    title: str
    message_id: str | None
    """None: the title itself."""
    role: Role | None
    at: float
    """Unix seconds: as `Filters.since` understands them."""
    snippet: Snippet


_MESSAGE_HITS: Final = """
    SELECT conversation.id AS conversation_id, conversation.title, message.id AS message_id,
        message.role, message.created_at AS at, message.text
    FROM message JOIN conversation ON conversation.number = message.conversation
    WHERE message.number IN (
        SELECT message.number
        FROM message JOIN conversation ON conversation.number = message.conversation
        WHERE message.trashed_at IS NULL AND {conditions}
        ORDER BY message.created_at DESC LIMIT ?
    )
    ORDER BY message.created_at DESC, message.number DESC
"""
# The text joins only the rows that are left: sorting thousands of texts takes seconds.

_TITLE_HITS: Final = """
    SELECT id AS conversation_id, title, NULL AS message_id, NULL AS role, updated_at AS at,
        title AS text
    FROM conversation WHERE {conditions} ORDER BY updated_at DESC, number DESC LIMIT ?
"""

_Condition = tuple[str, tuple[SqlValue, ...]]


def search(database: Database, typed: str, filters: Filters, *, limit: int = LIMIT) -> list[Hit]:
    """Titles first, then messages, each newest first, at most `limit`; nothing of the trash.

    With nothing typed: the conversations that the filters leave.
    """
    query = Query.parse(typed)
    hits = list(_title_hits(database, query, filters, limit))
    if query.terms and len(hits) < limit:
        hits += _message_hits(database, query, filters, limit - len(hits))
    return hits


def _title_hits(database: Database, query: Query, filters: Filters, limit: int) -> Iterator[Hit]:
    conditions = [
        *_terms(query, "title_search", "conversation.number", "conversation.title"),
        *_filters(filters, "conversation.updated_at"),
    ]
    return _hits(database, _TITLE_HITS, conditions, query, limit)


def _message_hits(database: Database, query: Query, filters: Filters, limit: int) -> Iterator[Hit]:
    conditions = [
        *_terms(query, "message_search", "message.number", "message.text"),
        *_filters(filters, "message.created_at"),
    ]
    return _hits(database, _MESSAGE_HITS, conditions, query, limit)


def _hits(
    database: Database, sql: str, conditions: list[_Condition], query: Query, limit: int
) -> Iterator[Hit]:
    statement = sql.format(conditions=" AND ".join(condition for condition, _ in conditions))
    values = [value for _, of_condition in conditions for value in of_condition]
    for row in database.rows(statement, *values, limit):
        yield _hit(row, query.snippet(row["text"]))


def _terms(query: Query, index: str, number: str, text: str) -> Iterator[_Condition]:
    if query.indexed:
        in_index = f"SELECT rowid FROM {index} WHERE {index} MATCH ?"  # noqa: S608  our tables
        yield f"{number} IN ({in_index})", (query.indexed,)
    for term in query.short:
        cases = tuple(f"%{_literal(case)}%" for case in _cases(term))
        matches = " OR ".join(f"{text} LIKE ? ESCAPE '\\'" for _ in cases)
        yield f"({matches})", cases


def _cases(term: str) -> list[str]:
    """How a short term may be written: LIKE itself knows only the cases of ASCII."""
    if term.isascii():
        return [term]
    return list(dict.fromkeys((term, term.lower(), term.upper(), term.capitalize())))


def _literal(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _filters(filters: Filters, at: str) -> Iterator[_Condition]:
    yield "conversation.trashed_at IS NULL", ()
    if filters.folder_id is not None:
        folder = "conversation.folder = (SELECT number FROM folder WHERE id = ?)"
        yield folder, (filters.folder_id,)
    if filters.tag is not None:
        tag = "EXISTS (SELECT 1 FROM json_each(conversation.tags) WHERE value = ?)"
        yield tag, (filters.tag,)
    if filters.model is not None:
        model = "conversation.number IN (SELECT conversation FROM message WHERE model = ?)"
        yield model, (filters.model,)
    if filters.since is not None:
        yield f"{at} >= ?", (filters.since,)
    if filters.until is not None:
        yield f"{at} < ?", (filters.until,)


def _hit(row: sqlite3.Row, snippet: Snippet) -> Hit:
    return Hit(
        conversation_id=row["conversation_id"],
        title=row["title"],
        message_id=row["message_id"],
        role=None if row["role"] is None else Role(row["role"]),
        at=row["at"],
        snippet=snippet,
    )

"""Ollama's app: a SQLite file, read beside a running app and never written."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from desktop.conversations.importing.blocks import paragraphs, tool_call, tool_result
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject
from desktop.conversations.importing.parsed import (
    Parsed,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
)
from desktop.conversations.importing.reader import Reader, chained, planted, role_of
from desktop.conversations.importing.sources import Reading
from desktop.conversations.importing.troubles import BadImport
from engine.language import tr

MAGIC: Final = b"SQLite format 3\0"
_TABLES: Final = {"chats", "messages"}
_STEPS_BETWEEN_CHECKS: Final = 10_000
_LONGEST_ROW: Final = 128 << 20


def is_ollama(path: Path) -> bool:
    """Whether the file is a SQLite file with Ollama's tables."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return False
    with _connected(path) as connection:
        return _tables(connection) >= _TABLES


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Read-only; a file that lies about itself is told in a sentence."""
    try:
        with closing(_opened(path)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = lambda data: data.decode(errors="replace")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_ROW)
            for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {setting}")
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter for a quoted, damaged name
        raise BadImport(
            tr("“{name}” is a damaged database.").format(name=path.name),
            hint=tr("Close Ollama, then try again."),
            detail=str(error),
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        connection = sqlite3.connect(address, uri=True)
        connection.execute("SELECT 1 FROM sqlite_master").close()
    except sqlite3.OperationalError:
        # A folder that cannot be written has no room for the WAL's index.
        return sqlite3.connect(f"{address}&immutable=1", uri=True)
    return connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
    }


def _read(reading: Reading, _name: str) -> Iterator[Parsed]:
    with _connected(reading.source.path) as connection:
        connection.set_progress_handler(lambda: reading.cancel.cancelled, _STEPS_BETWEEN_CHECKS)
        tables = _tables(connection)
        for chat in connection.execute("SELECT * FROM chats ORDER BY created_at, id"):
            reading.cancel.check()
            case = Case(reading)
            database = _Chat(connection, tables, case)
            yield planted(_conversation(chat), chained(database.messages(chat["id"])), case)


def _conversation(chat: sqlite3.Row) -> ParsedConversation:
    return ParsedConversation(
        source="ollama",
        source_id=str(chat["id"]),
        title=text(chat["title"]),
        messages=(),
        current_id=None,
        created_at=_moment(chat["created_at"]),
        extra=_rest(chat, "id", "title", "created_at"),
    )


class _Chat:
    """The rows that belong to one chat."""

    def __init__(self, connection: sqlite3.Connection, tables: set[str], case: Case) -> None:
        self._connection = connection
        self._tables = tables
        self._case = case

    def messages(self, chat_id: str) -> list[ParsedMessage]:
        rows = self._connection.execute(
            "SELECT * FROM messages WHERE chat_id = ? ORDER BY id", (chat_id,)
        )
        return [self._message(row) for row in rows]

    def _message(self, row: sqlite3.Row) -> ParsedMessage:
        said = text(row["content"])
        fields = set(row.keys())
        if row["role"] == "tool":
            said = tool_result(said) if said else ""
        return ParsedMessage(
            id=str(row["id"]),
            parent_id=None,
            role=role_of(row["role"]),
            text=paragraphs(said, *self._calls(row["id"])),
            thinking=text(row["thinking"]) if "thinking" in fields else "",
            created_at=_moment(row["created_at"]),
            model=text(row["model_name"]) if "model_name" in fields else "",
            files=self._files(row["id"]),
            extra=_rest(
                row,
                *("id", "chat_id", "role", "content", "thinking", "stream", "model_name"),
                "created_at",
            ),
        )

    def _calls(self, message_id: int) -> Iterator[str]:
        for row in self._of("tool_calls", message_id):
            yield tool_call(row["function_name"], row["function_arguments"], row["function_result"])

    def _files(self, message_id: int) -> tuple[ParsedFile, ...]:
        return tuple(
            kept
            for row in self._of("attachments", message_id)
            for kept in self._case.from_bytes(bytes(row["data"]), text(row["filename"]))
        )

    def _of(self, table: str, message_id: int) -> Iterator[sqlite3.Row]:
        if table in self._tables:
            yield from self._connection.execute(
                f"SELECT * FROM {table} WHERE message_id = ? ORDER BY id",  # noqa: S608  ours
                (message_id,),
            )


def _moment(value: Any) -> float | None:  # noqa: ANN401  SQLite's columns hold anything
    return seconds(value) if isinstance(value, (str, int, float)) else None


def _rest(row: sqlite3.Row, *carried: str) -> JsonObject:
    kept: dict[str, Json] = {
        key: row[key]
        for key in row.keys()  # noqa: SIM118  a Row iterates over its values
        if key not in carried and isinstance(row[key], (str, int, float)) and row[key] != ""
    }
    return kept


READER: Final = Reader(
    name="ollama",
    title="Ollama",
    patterns=(),
    recognises=lambda _: False,
    read=_read,
)

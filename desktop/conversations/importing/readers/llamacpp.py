"""llama.cpp's web interface: sessions as lines, or the older objects with `conv` and `messages`."""

import json
from collections.abc import Iterator
from typing import Final

from desktop.conversations.importing.blocks import paragraphs, tool_result
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject, JsonStream
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
    Unreadable,
)
from desktop.conversations.importing.parts import calls_of
from desktop.conversations.importing.reader import (
    MOST_BYTES,
    Reader,
    planted,
    role_of,
    unreadable,
)
from desktop.conversations.importing.sources import Reading
from engine.language import tr

_SESSION_FIELDS: Final = ("harness", "type", "id", "name", "lastModified", "currNode", "pinned")
_MESSAGE_FIELDS: Final = (
    *("id", "convId", "type", "timestamp", "role", "content", "parent", "children", "thinking"),
    *("reasoningContent", "toolCalls", "model", "extra"),
)
_TEXTS: Final = ("TEXT", "context", "MCP_PROMPT", "MCP_RESOURCE")


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    session: _Session | None = None
    with reading.open(name) as file:
        for number, record in enumerate(JsonStream(file), start=1):
            if not isinstance(record, dict):
                yield unreadable(tr("entry {number}").format(number=number), record)
            elif "message" in record and session:
                session.add(obj(record["message"]))
            elif "conv" in record or record.get("type") == "session":
                if session:
                    yield session.parsed()
                session = _Session(reading, obj(record.get("conv")) or record)
                for message in objects(record.get("messages")):
                    session.add(message)
            else:
                yield Unreadable(
                    tr("entry {number}").format(number=number), tr("It belongs to no conversation.")
                )
    if session:
        yield session.parsed()


class _Session:
    """One conversation while its messages come."""

    def __init__(self, reading: Reading, head: JsonObject) -> None:
        self._reading = reading
        self._head = head
        self._case = Case(reading)
        self._began_at = reading.bytes_read
        self._nodes: list[ParsedMessage] = []

    def add(self, message: JsonObject) -> None:
        """A message in any order; a session beyond all bounds takes no more of them."""
        if self._reading.bytes_read - self._began_at > MOST_BYTES:
            self._case.leave_out(
                tr("Messages after the first {size} MB").format(size=MOST_BYTES >> 20)
            )
        else:
            self._nodes.append(_message(message, self._case))

    def parsed(self) -> Imported:
        """The conversation, once all its messages are there."""
        head = self._head
        moments = [node.created_at for node in self._nodes if node.created_at]
        conversation = ParsedConversation(
            source="llamacpp",
            source_id=text(head.get("id")),
            title=text(head.get("name")),
            messages=(),
            current_id=text(head.get("currNode")) or None,
            created_at=min(moments, default=None),
            updated_at=seconds(head.get("lastModified")),
            pinned=head.get("pinned") is True,
            extra=rest(head, *_SESSION_FIELDS),
        )
        return planted(conversation, self._nodes, self._case)


def _message(message: JsonObject, case: Case) -> ParsedMessage:
    said = text(message.get("content"))
    if message.get("role") == "tool" and said:
        said = tool_result(said)
    calls = calls_of(_decoded(message.get("toolCalls")))
    return ParsedMessage(
        id=text(message.get("id")),
        parent_id=text(message.get("parent")) or None,
        role=role_of(message.get("role")),
        text="" if message.get("type") == "root" else paragraphs(said, calls),
        thinking=text(message.get("reasoningContent")) or text(message.get("thinking")),
        created_at=seconds(message.get("timestamp")),
        model=text(message.get("model")),
        files=_files(message, case),
        extra=rest(message, *_MESSAGE_FIELDS),
    )


def _decoded(calls: Json) -> Json:
    """Older files hold the calls as JSON in a string."""
    if not isinstance(calls, str):
        return calls
    try:
        decoded: Json = json.loads(calls or "null")
    except (ValueError, RecursionError):
        return [{"name": "", "arguments": calls}]
    return decoded


def _files(message: JsonObject, case: Case) -> tuple[ParsedFile, ...]:
    kept: tuple[ParsedFile, ...] = ()
    for extra in objects(message.get("extra")):
        name, kind = text(extra.get("name")), text(extra.get("type"))
        if kind.upper() in ("IMAGE", "IMAGEFILE"):
            kept += case.from_uri(extra.get("base64Url"), name)
        elif kind in _TEXTS:
            said = text(extra.get("content")).encode(errors="replace")
            kept += case.from_bytes(said, name or "text.txt", claimed="text/plain")
        elif extra.get("base64Data"):
            claimed = text(extra.get("mimeType"))
            kept += case.from_base64(extra["base64Data"], name, claimed=claimed)
        else:
            case.leave_out(tr("Attachments of a kind that is not known"))
    return kept


READER: Final = Reader(
    name="llamacpp",
    title="llama.cpp",
    patterns=("*.jsonl", "*.json"),
    recognises=lambda record: "conv" in record or record.get("type") == "session",
    read=_read,
)

"""Jan: a folder for each thread, with `thread.json` and `messages.jsonl`."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from desktop.conversations.importing.blocks import (
    paragraphs,
    tool_call,
    tool_result,
    without_think_tags,
)
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject, JsonStream
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
)
from desktop.conversations.importing.reader import (
    MOST_BYTES,
    Reader,
    chained,
    each_record,
    planted,
    role_of,
)
from desktop.conversations.importing.sources import Reading
from desktop.conversations.values import MessageState
from engine.events import Role
from engine.language import tr

_STATES: Final = {
    "pending": MessageState.INTERRUPTED,
    "error": MessageState.FAILED,
    "stopped": MessageState.STOPPED,
}
_MESSAGE_FIELDS: Final = (
    *("id", "object", "thread_id", "role", "status", "type", "created_at", "completed_at"),
    *("content", "attachments"),
)


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    beside = PurePosixPath(name).with_name("messages.jsonl").as_posix()

    def convert(record: JsonObject, case: Case) -> Imported:
        nodes = _messages(reading, beside, case)
        return planted(_conversation(record), chained(nodes), case)

    return each_record(reading, name, convert)


def _conversation(record: JsonObject) -> ParsedConversation:
    assistants = objects(record.get("assistants"))
    instructions = (text(assistant.get("instructions")) for assistant in assistants)
    return ParsedConversation(
        source="jan",
        source_id=text(record.get("id")),
        title=text(record.get("title")),
        messages=(),
        current_id=None,
        created_at=seconds(record.get("created")),
        updated_at=seconds(record.get("updated")),
        system_prompt=next(filter(None, instructions), ""),
        pinned=obj(record.get("metadata")).get("is_favorite") is True,
        extra=rest(record, "id", "object", "title", "created", "updated"),
    )


def _messages(reading: Reading, name: str, case: Case) -> list[ParsedMessage]:
    if name not in reading.source.sizes:
        return []
    nodes: list[ParsedMessage] = []
    began_at = reading.bytes_read
    with reading.open(name) as file:
        for record in JsonStream(file):
            if reading.bytes_read - began_at > MOST_BYTES:
                case.leave_out(
                    tr("Messages after the first {size} MB").format(size=MOST_BYTES >> 20)
                )
            elif isinstance(record, dict):
                nodes.append(_message(f"{len(nodes)}", record, case))
            else:
                case.leave_out(tr("Messages that are damaged or too large"))
    return nodes


def _message(place: str, record: JsonObject, case: Case) -> ParsedMessage:
    role = role_of(record.get("role"))
    said, thinking, files = _content(record.get("content"), case)
    if record.get("role") == "tool":
        said = tool_result(said)
    elif role is Role.ASSISTANT and not thinking:
        said, thinking = without_think_tags(said)
    if record.get("attachments"):
        case.leave_out(
            tr("Attachments that are not in the export"), len(objects(record["attachments"]))
        )
    metadata = obj(record.get("metadata"))
    model = obj(metadata.get("model")) or obj(obj(metadata.get("assistant")).get("model"))
    return ParsedMessage(
        id=text(record.get("id")) or place,
        parent_id=None,
        role=role,
        text=said,
        thinking=thinking,
        created_at=seconds(record.get("created_at")),
        state=_STATES.get(text(record.get("status")), MessageState.COMPLETE)
        if role is Role.ASSISTANT
        else MessageState.COMPLETE,
        model=text(model.get("id")) or text(metadata.get("modelId")),
        files=files,
        extra=rest(record, *_MESSAGE_FIELDS),
    )


def _content(content: Json, case: Case) -> tuple[str, str, tuple[ParsedFile, ...]]:
    """Text, thinking and images."""
    said: list[str] = []
    thought: list[str] = []
    files: tuple[ParsedFile, ...] = ()
    for part in objects(content):
        value = text(obj(part.get("text")).get("value")) or text(part.get("text"))
        match text(part.get("type")):
            case "text":
                said.append(value)
            case "reasoning":
                thought.append(value)
            case "image_url":
                files += case.from_uri(obj(part.get("image_url")).get("url"))
            case "tool_call":
                called = text(part.get("tool_name"))
                said.append(tool_call(called, part.get("input"), part.get("output")))
            case _:
                case.leave_out(tr("Parts of messages of a kind that is not known"))
    return paragraphs(*said), paragraphs(*thought), files


READER: Final = Reader(
    name="jan",
    title="Jan",
    patterns=("thread.json",),
    recognises=lambda record: record.get("object") == "thread" or "assistants" in record,
    read=_read,
)

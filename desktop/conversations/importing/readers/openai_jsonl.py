"""OpenAI's chat form, one `{"messages": [...]}` a line, as data sets and AnythingLLM use it."""

from collections.abc import Iterator
from typing import Final

from desktop.conversations.importing.bind import lasting_id
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import objects, rest, text
from desktop.conversations.importing.json_stream import JsonObject
from desktop.conversations.importing.parsed import Imported, Parsed, ParsedConversation
from desktop.conversations.importing.parts import openai_message
from desktop.conversations.importing.reader import Reader, chained, each_record, planted
from desktop.conversations.importing.sources import Reading


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    return each_record(reading, name, _conversation)


def _conversation(record: JsonObject, case: Case) -> Imported:
    nodes = [
        openai_message(f"{place}", message, case)
        for place, message in enumerate(objects(record.get("messages")))
    ]
    conversation = ParsedConversation(
        source="openai-jsonl",
        source_id=lasting_id(text(record.get("id"))),
        title=text(record.get("title")),
        messages=(),
        current_id=None,
        extra=rest(record, "title", "messages"),
    )
    return planted(conversation, chained(nodes), case)


READER: Final = Reader(
    name="openai-jsonl",
    title="OpenAI JSONL",
    patterns=("*.jsonl", "*.json"),
    recognises=lambda record: any(
        "role" in message and ("content" in message or "tool_calls" in message)
        for message in objects(record.get("messages"))
    ),
    read=_read,
)

"""ShareGPT's form: `{"conversations": [{"from": "human", "value": "..."}, ...]}`."""

from collections.abc import Iterator
from typing import Final

from desktop.conversations.importing.bind import lasting_id
from desktop.conversations.importing.blocks import tool_call, tool_result, without_think_tags
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import objects, rest, text
from desktop.conversations.importing.json_stream import JsonObject
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedMessage,
)
from desktop.conversations.importing.reader import (
    Reader,
    chained,
    each_record,
    planted,
    role_of,
)
from desktop.conversations.importing.sources import Reading
from engine.events import Role


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    return each_record(reading, name, _conversation)


def _conversation(record: JsonObject, case: Case) -> Imported:
    turns = objects(record.get("conversations")) or objects(record.get("items"))
    conversation = ParsedConversation(
        source="sharegpt",
        source_id=lasting_id(text(record.get("id"))),
        title=text(record.get("title")),
        messages=(),
        current_id=None,
        system_prompt=text(record.get("system")),
        extra=rest(record, "title", "system", "conversations", "items"),
    )
    nodes = [_message(f"{place}", turn) for place, turn in enumerate(turns)]
    return planted(conversation, chained(nodes), case)


def _message(id_: str, turn: JsonObject) -> ParsedMessage:
    speaker, said = text(turn.get("from")), text(turn.get("value"))
    role, thinking = role_of(speaker), ""
    if speaker in ("tool", "observation"):
        said = tool_result(said)
    elif speaker in ("function_call", "function"):
        said = tool_call("", said, language="json")
    elif role is Role.ASSISTANT:
        said, thinking = without_think_tags(said)
    return ParsedMessage(id_, None, role, said, thinking, extra=rest(turn, "from", "value"))


READER: Final = Reader(
    name="sharegpt",
    title="ShareGPT",
    patterns=("*.json", "*.jsonl"),
    recognises=lambda record: any(
        "from" in turn and "value" in turn
        for turn in objects(record.get("conversations")) or objects(record.get("items"))
    ),
    read=_read,
)

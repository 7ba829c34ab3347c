"""Open WebUI's export: an array of chats, each with its history as a tree."""

from collections.abc import Iterator
from typing import Final

from desktop.conversations.importing.blocks import paragraphs, without_details, without_think_tags
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import array, obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import JsonObject
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedFile,
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
from desktop.conversations.values import MessageState

_OWN_FIELDS: Final = ("id", "title", "chat", "created_at", "updated_at", "pinned")
_MESSAGE_FIELDS: Final = (
    *("id", "parentId", "childrenIds", "role", "content", "timestamp", "model", "done"),
    *("error", "files"),
)


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    return each_record(reading, name, _conversation)


def _conversation(record: JsonObject, case: Case) -> Imported:
    # An export of one chat may be the chat itself, without what the server knows about it.
    chat = obj(record.get("chat")) or record
    history = obj(chat.get("history"))
    conversation = ParsedConversation(
        source="open-webui",
        source_id=text(record.get("id")) or text(chat.get("id")),
        title=text(record.get("title")) or text(chat.get("title")),
        messages=(),
        current_id=text(history.get("currentId")),
        created_at=seconds(record.get("created_at")) or seconds(chat.get("timestamp")),
        updated_at=seconds(record.get("updated_at")),
        system_prompt=text(obj(chat.get("params")).get("system")) or text(chat.get("system")),
        pinned=record.get("pinned") is True,
        tags=tuple(tag for tag in map(text, array(chat.get("tags"))) if tag),
        extra=rest(record, *_OWN_FIELDS)
        | rest(chat, "id", "title", "history", "messages", "timestamp", "system", "tags"),
    )
    by_id = obj(history.get("messages"))
    if by_id:
        nodes = [_message(id_, obj(message), case) for id_, message in by_id.items()]
    else:
        listed = enumerate(objects(chat.get("messages")))
        nodes = chained([_message(f"{place}", message, case) for place, message in listed])
    return planted(conversation, nodes, case)


def _message(id_: str, message: JsonObject, case: Case) -> ParsedMessage:
    role = role_of(message.get("role"))
    said, thinking = text(message.get("content")), ""
    if role not in ("user", "system"):
        said, thinking = without_details(said)
        if not thinking:
            said, thinking = without_think_tags(said)
    error = obj(message.get("error"))
    return ParsedMessage(
        id=id_,
        parent_id=text(message.get("parentId")) or None,
        role=role,
        text=paragraphs(said, text(error.get("content"))) if error else said,
        thinking=thinking,
        created_at=seconds(message.get("timestamp")),
        state=_state(message),
        model=text(message.get("model")),
        files=_files(message, case),
        extra=rest(message, *_MESSAGE_FIELDS),
    )


def _state(message: JsonObject) -> MessageState:
    if message.get("role") == "user":
        return MessageState.COMPLETE
    if message.get("error"):
        return MessageState.FAILED
    return MessageState.INTERRUPTED if message.get("done") is False else MessageState.COMPLETE


def _files(message: JsonObject, case: Case) -> tuple[ParsedFile, ...]:
    return tuple(
        kept
        for file in objects(message.get("files"))
        for kept in case.from_uri(file.get("url"), text(file.get("name")))
    )


def _recognises(record: JsonObject) -> bool:
    chat = obj(record.get("chat")) or record
    return "history" in chat or ("chat" in record and "messages" in chat)


READER: Final = Reader(
    name="open-webui",
    title="Open WebUI",
    patterns=("*.json",),
    recognises=_recognises,
    read=_read,
)

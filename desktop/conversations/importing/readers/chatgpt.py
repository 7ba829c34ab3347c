"""ChatGPT's export: `conversations.json`, its split form, and the archive with the images."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from desktop.conversations.importing.blocks import paragraphs, tool_call, tool_result
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import array, obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
)
from desktop.conversations.importing.reader import Reader, each_record, planted, role_of
from desktop.conversations.importing.sources import Reading
from desktop.conversations.values import MessageState
from desktop.fences import fenced
from engine.events import Role
from engine.language import tr

_FILE_ID: Final = re.compile(r"file[-_][A-Za-z0-9]+")
_OWN_FIELDS: Final = (
    *("id", "conversation_id", "title", "create_time", "update_time", "mapping"),
    *("current_node", "is_starred", "pinned_time"),
)
_STATES: Final = {
    "in_progress": MessageState.INTERRUPTED,
    "finished_partial_completion": MessageState.STOPPED,
}
_NEVER_SHOWN: Final = ("user_editable_context", "model_editable_context")
_TEXT_FIELDS: Final = ("text", "result", "content", "summary")


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    members = _members_by_id(reading)

    def convert(record: JsonObject, case: Case) -> Imported:
        return _Conversation(case, members).converted(record)

    return each_record(reading, name, convert)


def _members_by_id(reading: Reading) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in reading.sizes():
        if match := _FILE_ID.match(PurePosixPath(name).name):
            found.setdefault(match[0], name)
    return found


class _Conversation:
    """Converts one conversation."""

    def __init__(self, case: Case, members: dict[str, str]) -> None:
        self._case = case
        self._members = members

    def converted(self, record: JsonObject) -> Imported:
        conversation = ParsedConversation(
            source="chatgpt",
            source_id=text(record.get("conversation_id")) or text(record.get("id")),
            title=text(record.get("title")),
            messages=(),
            current_id=text(record.get("current_node")),
            created_at=seconds(record.get("create_time")),
            updated_at=seconds(record.get("update_time")),
            pinned=record.get("is_starred") is True or record.get("pinned_time") is not None,
            extra=rest(record, *_OWN_FIELDS),
        )
        mapping = obj(record.get("mapping"))
        nodes = [self._node(id_, obj(node)) for id_, node in mapping.items()]
        return planted(conversation, nodes, self._case)

    def _node(self, id_: str, node: JsonObject) -> ParsedMessage:
        message = obj(node.get("message"))
        author, metadata = obj(message.get("author")), obj(message.get("metadata"))
        role = role_of(author.get("role"))
        is_hidden = metadata.get("is_visually_hidden_from_conversation") is True
        content = {} if is_hidden else obj(message.get("content"))
        said, thinking, files = self._content(content, message, author)
        return ParsedMessage(
            id=id_,
            parent_id=text(node.get("parent")) or None,
            role=role,
            text=said,
            thinking=thinking,
            created_at=seconds(message.get("create_time")),
            state=_STATES.get(text(message.get("status")), MessageState.COMPLETE)
            if role is Role.ASSISTANT
            else MessageState.COMPLETE,
            model=text(metadata.get("model_slug")),
            files=files + self._uploads(objects(metadata.get("attachments")), content),
            extra=rest(message, "id", "create_time", "content", "status", "weight", "end_turn"),
        )

    def _content(
        self, content: JsonObject, message: JsonObject, author: JsonObject
    ) -> tuple[str, str, tuple[ParsedFile, ...]]:
        """Text, thinking and images of one node."""
        kind = text(content.get("content_type"))
        if kind == "thoughts":
            return "", _thoughts(content), ()
        if kind in _NEVER_SHOWN or kind == "reasoning_recap":
            return "", "", ()
        said, files = self._parts(content)
        if kind == "code":
            said = text(content.get("text"))
        elif not said and not files:
            said = self._other(kind, content)
        return _readable(said, content, message, author), "", files

    def _parts(self, content: JsonObject) -> tuple[str, tuple[ParsedFile, ...]]:
        said: list[str] = []
        files: tuple[ParsedFile, ...] = ()
        for part in array(content.get("parts")):
            if isinstance(part, str):
                said.append(part)
            elif pointer := text(obj(part).get("asset_pointer")):
                files += self._asset(pointer, text(obj(part).get("content_type")))
            elif transcript := text(obj(part).get("text")):
                said.append(transcript)
            elif part:
                self._case.leave_out(tr("Parts of messages of a kind that is not known"))
        return "\n".join(said), files

    def _asset(self, pointer: str, kind: str) -> tuple[ParsedFile, ...]:
        if kind != "image_asset_pointer":
            self._case.leave_out(tr("Sound and video recordings; their transcripts are kept"))
            return ()
        match = _FILE_ID.search(pointer)
        return self._case.from_source(self._members.get(match[0]) if match else None)

    def _uploads(self, uploads: list[JsonObject], content: JsonObject) -> tuple[ParsedFile, ...]:
        """Documents beside the message; its pictures are parts of it already."""
        shown = str(content.get("parts"))
        return tuple(
            file
            for upload in uploads
            if (id_ := text(upload.get("id"))) and id_ not in shown
            for file in self._case.from_source(self._members.get(id_), text(upload.get("name")))
        )

    def _other(self, kind: str, content: JsonObject) -> str:
        said = paragraphs(
            text(content.get("title")),
            text(content.get("url")),
            *(text(content.get(field)) for field in _TEXT_FIELDS),
        )
        if not said and kind not in ("", "text", "multimodal_text", "execution_output"):
            self._case.leave_out(tr("Messages of a kind that is not known"))
        return said


def _thoughts(content: JsonObject) -> str:
    return paragraphs(
        *(
            paragraphs(f"**{summary}**" if (summary := text(one.get("summary"))) else "", inside)
            for one in objects(content.get("thoughts"))
            if (inside := text(one.get("content"))) or one.get("summary")
        )
    )


def _readable(said: str, content: JsonObject, message: JsonObject, author: JsonObject) -> str:
    """The text, as a block where a tool was asked or answered."""
    if not said:
        return ""
    recipient: Json = message.get("recipient")
    language = text(content.get("language"))
    language = "" if language == "unknown" else language
    if author.get("role") == "tool":
        return tool_result(said, text(author.get("name")))
    if author.get("role") == "assistant" and text(recipient) not in ("", "all"):
        return tool_call(text(recipient), said, language=language)
    return fenced(said, language) if content.get("content_type") == "code" else said


READER: Final = Reader(
    name="chatgpt",
    title="ChatGPT",
    patterns=("conversations.json", "conversations[-_]*.json"),
    recognises=lambda record: isinstance(record.get("mapping"), dict),
    read=_read,
)

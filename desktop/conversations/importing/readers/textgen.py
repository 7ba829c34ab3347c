"""TextGen (text-generation-webui): pairs of a message and its reply, with versions."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from desktop.conversations.importing.blocks import without_think_tags
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import array, number, obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
)
from desktop.conversations.importing.reader import Reader, each_record, planted
from desktop.conversations.importing.sources import Reading
from engine.events import Role

_NO_MESSAGE: Final = "<|BEGIN-VISIBLE-CHAT|>"
"""Stands for the person where a character speaks first."""
_MOMENT: Final = re.compile(r"\d{8}-\d\d-\d\d-\d\d")
_ROLES: Final = (("user", Role.USER), ("assistant", Role.ASSISTANT))


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    path = PurePosixPath(name)

    def convert(record: JsonObject, case: Case) -> Imported:
        nodes, current_id = _nodes(record, case)
        conversation = ParsedConversation(
            source="textgen",
            source_id=_id(path),
            title=text(record.get("title")),
            messages=(),
            current_id=current_id,
            folder=_character(path),
            extra=rest(record, "internal", "visible", "metadata", "title"),
        )
        return planted(conversation, nodes, case)

    return each_record(reading, name, convert)


def _nodes(record: JsonObject, case: Case) -> tuple[list[ParsedMessage], str | None]:
    """Versions are siblings; what follows hangs under the chosen one."""
    nodes: list[ParsedMessage] = []
    metadata = obj(record.get("metadata"))
    parent: str | None = None
    for place, pair in enumerate(array(record.get("internal"))):
        for (speaker, role), said in zip(_ROLES, array(pair), strict=False):
            key = f"{speaker}_{place}"
            about = obj(metadata.get(key))
            versions = objects(about.get("versions")) or [{**about, "content": said}]
            nodes += [
                _message(f"{key}.{index}", parent, role, version, case)
                for index, version in enumerate(versions)
            ]
            chosen = number(about.get("current_version_index"))
            index = len(versions) - 1 if chosen is None else int(chosen)
            parent = f"{key}.{min(max(index, 0), len(versions) - 1)}"
    return nodes, parent


def _message(
    id_: str, parent_id: str | None, role: Role, version: JsonObject, case: Case
) -> ParsedMessage:
    said, thinking = text(version.get("content")), ""
    if role is Role.ASSISTANT:
        said, thinking = without_think_tags(said)
    return ParsedMessage(
        id=id_,
        parent_id=parent_id,
        role=role,
        text="" if said == _NO_MESSAGE else said,
        thinking=thinking,
        created_at=seconds(version.get("timestamp")),
        model=text(version.get("model_name")),
        files=_files(version.get("attachments"), case),
        extra=rest(
            version,
            *("content", "visible_content", "timestamp", "attachments"),
            *("versions", "current_version_index"),
        ),
    )


def _files(attachments: Json, case: Case) -> tuple[ParsedFile, ...]:
    kept: tuple[ParsedFile, ...] = ()
    for attachment in objects(attachments):
        name = text(attachment.get("name"))
        if attachment.get("image_data"):
            kept += case.from_uri(attachment["image_data"], name)
        elif said := text(attachment.get("content")):
            kept += case.from_bytes(said.encode(errors="replace"), name, claimed="text/plain")
    return kept


def _id(path: PurePosixPath) -> str:
    """The moment that names the file, with the character whose files it is among."""
    return f"{_character(path)}/{path.stem}" if _MOMENT.fullmatch(path.stem) else ""


def _character(path: PurePosixPath) -> str:
    """The character's name, in whose folder the file lies."""
    parts = path.parent.parts
    return parts[-1] if "chat" in parts[:-1] else ""


READER: Final = Reader(
    name="textgen",
    title="TextGen",
    patterns=("*.json",),
    recognises=lambda record: "internal" in record and "visible" in record,
    read=_read,
)

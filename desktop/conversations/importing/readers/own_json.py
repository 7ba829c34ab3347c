"""Outrider's own JSON, as `docs/export-format.md` describes it."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from types import UnionType
from typing import Any, Final, TypeVar

from desktop.conversations.database import storable_text
from desktop.conversations.formats.own_json import FORMAT, VERSION
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import array, number, obj, objects, text
from desktop.conversations.importing.json_stream import Json, JsonObject, JsonStream
from desktop.conversations.importing.parsed import Imported, Parsed
from desktop.conversations.importing.reader import Reader, unreadable
from desktop.conversations.importing.sources import Reading
from desktop.conversations.importing.tree import sound_tree
from desktop.conversations.importing.troubles import BadImport
from desktop.conversations.records import sampling_from
from desktop.conversations.values import (
    Attachment,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
    TextOrigins,
)
from engine.config import SamplingConfig
from engine.events import Origin, Role
from engine.language import tr

_Word = TypeVar("_Word", Role, MessageState, Origin)
_SHA256: Final = re.compile("[0-9a-f]{64}")
_ITEMS: Final = "conversations"


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    with reading.open(name) as file:
        stream = JsonStream(file, key=_ITEMS)
        for place, record in enumerate(stream, start=1):
            _check_version(stream.head)
            if isinstance(record, dict) and text(record.get("id")):
                yield _conversation(record, Case(reading))
            else:
                yield unreadable(tr("conversation {place}").format(place=place), record)
        _check_version(stream.head)


def _check_version(head: JsonObject) -> None:
    version = number(head.get("version"))
    if version is not None and version > VERSION:
        raise BadImport(
            tr("A newer Outrider wrote this file."), hint=tr("Update Outrider to read it.")
        )


def _conversation(record: JsonObject, case: Case) -> Imported:
    id_ = text(record.get("id"))
    created_at = _moment(record.get("created_at"), case.moment)
    nodes = [_message(one, id_, created_at) for one in objects(record.get("messages"))]
    tree = sound_tree(nodes, text(record.get("current_id")))
    contents = dict(_contents(obj(record.get("contents")), case))
    return Imported(
        ConversationTree(
            id=id_,
            title=_storable(record.get("title")),
            created_at=created_at,
            updated_at=_moment(record.get("updated_at"), created_at),
            current_id=tree.current_id,
            messages=tree.messages,
            folder=_storable(record.get("folder")),
            pinned=record.get("pinned") is True,
            tags=tuple(tag for tag in map(_storable, array(record.get("tags"))) if tag),
            system_prompt=_storable(record.get("system_prompt")),
            sampling=_sampling(record.get("sampling")),
            source=_storable(record.get("source")),
            extra=_extra(record, ConversationTree, "contents"),
        ),
        contents,
        {**case.left_out(), **tree.mended},
    )


def _contents(encoded: JsonObject, case: Case) -> Iterator[tuple[str, bytes]]:
    """Bytes under the hash that they have, whatever the file calls them."""
    for value in encoded.values():
        try:
            data = base64.b64decode(text(value), validate=True)
        except (binascii.Error, ValueError):
            case.leave_out(tr("Attachments whose content is damaged"))
            continue
        yield hashlib.sha256(data).hexdigest(), data


def _message(record: JsonObject, conversation_id: str, moment: float) -> StoredMessage:
    return StoredMessage(
        id=text(record.get("id")),
        conversation_id=conversation_id,
        parent_id=text(record.get("parent_id")) or None,
        role=_one_of(Role, record.get("role"), Role.USER),
        text=_storable(record.get("text")),
        state=_one_of(MessageState, record.get("state"), MessageState.COMPLETE),
        created_at=_moment(record.get("created_at"), moment),
        notes=_notes(record.get("notes")),
        model=_storable(record.get("model")),
        thinking=_storable(record.get("thinking")),
        attachments=tuple(_attachment(one) for one in objects(record.get("attachments"))),
        extra=_extra(record, StoredMessage),
    )


def _attachment(record: JsonObject) -> Attachment:
    sha256 = text(record.get("sha256"))
    return Attachment(
        name=_storable(record.get("name")),
        media_type=_storable(record.get("media_type")),
        size=max(int(number(record.get("size")) or 0), 0),
        sha256=sha256 if _SHA256.fullmatch(sha256) else "",
        text=_storable(record.get("text")),
        extra=_extra(record, Attachment),
    )


def _notes(value: Json) -> ReplyNotes | None:
    """The notes; None where a newer or broken file says nothing to us."""
    record = obj(value)
    known: dict[str, Any] = {}
    for field in fields(ReplyNotes):
        found = record.get(field.name)
        if isinstance(found, int) and field.type in (float, float | None):
            found = number(found)
        if isinstance(field.type, type | UnionType) and isinstance(found, field.type):
            known[field.name] = storable_text(found) if isinstance(found, str) else found
    known["sampling"] = _sampling(record.get("sampling"))
    known["origins"] = tuple(_origins(one) for one in objects(record.get("origins")))
    try:
        return ReplyNotes(**known)
    except TypeError:
        return None


def _origins(record: JsonObject) -> TextOrigins:
    origins = tuple(_one_of(Origin, one, Origin.TARGET) for one in array(record.get("origins")))
    return TextOrigins(max(int(number(record.get("characters")) or 0), 0), origins)


def _sampling(value: Json) -> SamplingConfig | None:
    return sampling_from(json.dumps(value)) if isinstance(value, dict) else None


def _one_of(kind: type[_Word], value: Json, otherwise: _Word) -> _Word:
    try:
        return kind(text(value))
    except ValueError:
        return otherwise


def _moment(value: Json, otherwise: float) -> float:
    moment = number(value)
    return otherwise if moment is None else moment


def _storable(value: Json) -> str:
    return storable_text(text(value))


def _extra(record: JsonObject, kind: type, *carried: str) -> JsonObject:
    """What an import kept before, and fields that a newer Outrider added."""
    known = {field.name for field in fields(kind)} | set(carried)
    return obj(record.get("extra")) | {
        name: value for name, value in record.items() if name not in known
    }


READER: Final = Reader(
    name="json",
    title="Outrider",
    patterns=("*.json",),
    recognises=lambda record: (
        record.get("format") == FORMAT
        or any("current_id" in one for one in objects(record.get(_ITEMS)))
    ),
    read=_read,
)

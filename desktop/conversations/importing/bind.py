"""A parsed conversation becomes one of ours: ids that stay the same, times for everything."""

import hashlib
import json
import re
import uuid
from typing import Final

from desktop.conversations.database import storable_text
from desktop.conversations.importing.parsed import (
    Imported,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
)
from desktop.conversations.titles import title_from
from desktop.conversations.values import Attachment, ConversationTree, StoredMessage

_IDS: Final = uuid.UUID("6f757472-6964-6572-2d69-6d706f727473")
"""The name space of ids that are made from those of other apps."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_ID: Final = 200


def bound(parsed: ParsedConversation, moment: float) -> Imported:
    """The conversation for the store. The same file gives the same ids at every import.

    `moment` is the time of what has none. An id that is a UUID stays as it is, so that a
    conversation is known again whichever app it travelled through.
    """
    source = f"{parsed.source}:{parsed.source_id[:_LONGEST_ID] or _fingerprint(parsed)}"
    conversation_id = _stable_id(parsed.source_id, source)
    created_at = parsed.created_at or _first_moment(parsed) or moment
    binder = _Binder(conversation_id, created_at)
    messages = tuple(binder.message(message) for message in parsed.messages)
    tree = ConversationTree(
        id=conversation_id,
        title=parsed.title or _title(messages),
        created_at=created_at,
        updated_at=parsed.updated_at
        or max((message.created_at for message in messages), default=created_at),
        current_id=None if parsed.current_id is None else binder.ids[parsed.current_id],
        messages=messages,
        folder=parsed.folder,
        pinned=parsed.pinned,
        tags=parsed.tags,
        system_prompt=parsed.system_prompt,
        source=source,
        extra=parsed.extra,
    )
    return Imported(tree, binder.contents, parsed.left_out)


class _Binder:
    """Binds the messages of one conversation, parents first."""

    def __init__(self, conversation_id: str, created_at: float) -> None:
        self._conversation_id = conversation_id
        self._moments: dict[str | None, float] = {None: created_at}
        self.ids: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    def message(self, parsed: ParsedMessage) -> StoredMessage:
        self.ids[parsed.id] = _stable_id(parsed.id, f"{self._conversation_id}/{parsed.id}")
        self._moments[parsed.id] = parsed.created_at or self._moments[parsed.parent_id]
        return StoredMessage(
            id=self.ids[parsed.id],
            conversation_id=self._conversation_id,
            parent_id=None if parsed.parent_id is None else self.ids[parsed.parent_id],
            role=parsed.role,
            text=storable_text(parsed.text),
            state=parsed.state,
            created_at=self._moments[parsed.id],
            notes=parsed.notes,
            model=storable_text(parsed.model),
            thinking=storable_text(parsed.thinking),
            attachments=tuple(self._attachment(file) for file in parsed.files),
            extra=parsed.extra,
        )

    def _attachment(self, file: ParsedFile) -> Attachment:
        sha256 = hashlib.sha256(file.data).hexdigest()
        self.contents[sha256] = file.data
        return Attachment(
            name=storable_text(file.name),
            media_type=file.media_type,
            size=len(file.data),
            sha256=sha256,
            text=file.data.decode(errors="replace") if file.media_type.startswith("text/") else "",
        )


def lasting_id(id_: str) -> str:
    """The id if it is one of a kind; "" for a mere number, which every data set has."""
    return id_ if _UUID.fullmatch(id_) else ""


def _stable_id(wanted: str, full: str) -> str:
    return wanted if _UUID.fullmatch(wanted) else str(uuid.uuid5(_IDS, storable_text(full)))


def _first_moment(parsed: ParsedConversation) -> float | None:
    moments = (message.created_at for message in parsed.messages if message.created_at)
    return min(moments, default=None)


def _title(messages: tuple[StoredMessage, ...]) -> str:
    return next(filter(None, (title_from(message.text) for message in messages)), "")


def _fingerprint(parsed: ParsedConversation) -> str:
    """Stands for an id where the other app gives none: the same content, the same fingerprint."""
    said = [(message.role, message.text, message.thinking) for message in parsed.messages]
    content = json.dumps([parsed.title, parsed.system_prompt, said])
    return hashlib.sha256(content.encode()).hexdigest()[:32]

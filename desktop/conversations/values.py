"""What the store gives out: small frozen values, safe to hand to any view."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from engine.config import SamplingConfig
from engine.events import Origin, Role

Extra: TypeAlias = Mapping[str, Any]
"""What an imported file said and no field of ours holds: JSON values, kept for the next export."""


class MessageState(StrEnum):
    """How far a message got. Everything but a reply is always `COMPLETE`."""

    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    """By the person."""
    CLOSED = "closed"
    """The window was closed in the middle of it."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Found as `STREAMING` though the process that wrote it is dead."""


@dataclass(frozen=True)
class TextOrigins:
    """Where the tokens of the next `characters` of a reply came from, one origin for each."""

    characters: int
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class ReplyNotes:
    """How a reply was made. Names are those shown to the user; numbers are finite."""

    target: str
    draft: str | None
    mode: str
    reason: str
    tokens: int
    target_passes: int
    tokens_per_second: float
    first_token_seconds: float
    plain_tokens_per_second: float | None
    finish: str
    prompt_tokens: int | None = None
    prompt_seconds: float | None = None
    draft_seconds: float | None = None
    target_seconds: float | None = None
    other_seconds: float | None = None
    """These five are None where they were not measured: the reply broke off, or an older Outrider
    made it."""
    sampling: SamplingConfig | None = None
    origins: tuple[TextOrigins, ...] = ()

    def __post_init__(self) -> None:
        numbers = [value for value in vars(self).values() if isinstance(value, float)]
        if not all(map(math.isfinite, numbers)):
            raise ValueError(f"notes hold a number that is not finite: {numbers}")


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to a message. The store keeps its bytes once, under their hash."""

    name: str
    media_type: str
    size: int
    """Bytes of the file."""
    sha256: str
    """Of the file, in hexadecimal digits; "" where its bytes are not kept."""
    text: str = ""
    """What the model reads of it; "" for an image."""
    extra: Extra = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class StoredMessage:
    """One message of a conversation's tree, as it is on the disk."""

    id: str
    conversation_id: str
    parent_id: str | None
    """None: a root. An edit of the first message makes a second root."""
    role: Role
    text: str
    state: MessageState
    created_at: float
    """Unix seconds."""
    notes: ReplyNotes | None = None
    model: str = ""
    """The target that wrote it, as it is shown; "" where nobody knows, and for the person."""
    thinking: str = ""
    """What the model thought before it answered, apart from the reply."""
    attachments: tuple[Attachment, ...] = ()
    extra: Extra = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Folder:
    """A folder of conversations. Folders do not nest."""

    id: str
    name: str


@dataclass(frozen=True)
class ConversationSummary:
    """One line of the list of conversations."""

    id: str
    title: str
    updated_at: float
    """Unix seconds of the last message."""
    interrupted: bool
    """The current path ends in a half reply of a process that died."""
    folder_id: str | None = None
    pinned: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setup:
    """How a conversation is answered."""

    system_prompt: str = ""
    sampling: SamplingConfig | None = None
    """None: as the settings say."""


@dataclass(frozen=True)
class ConversationTree:
    """A whole conversation with all its branches."""

    id: str
    title: str
    created_at: float
    updated_at: float
    current_id: str | None
    """The last message of the current path; None while there is no message."""
    messages: tuple[StoredMessage, ...]
    """Oldest first, so a parent comes before its children."""
    folder: str = ""
    """The folder's name; "" outside of all folders."""
    pinned: bool = False
    tags: tuple[str, ...] = ()
    system_prompt: str = ""
    sampling: SamplingConfig | None = None
    """None: as the settings say."""
    source: str = ""
    """Where it was imported from: the app and its id there, as "chatgpt:6e3c"; "" if made here."""
    extra: Extra = field(default_factory=dict, hash=False)

    def path(self) -> list[StoredMessage]:
        """The current path, root to leaf."""
        by_id = {message.id: message for message in self.messages}
        upwards: list[StoredMessage] = []
        next_id = self.current_id
        while next_id is not None:
            upwards.append(by_id[next_id])
            next_id = upwards[-1].parent_id
        return upwards[::-1]

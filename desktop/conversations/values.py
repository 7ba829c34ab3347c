"""What the store gives out: small frozen values, safe to hand to any view."""

import math
from dataclasses import dataclass
from enum import StrEnum

from engine.events import Role


class MessageState(StrEnum):
    """How far a message got. Everything but a reply is always `COMPLETE`."""

    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Found as `STREAMING` when the store was opened: the process died in the middle of it."""


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

    def __post_init__(self) -> None:
        speeds = (self.tokens_per_second, self.first_token_seconds, self.plain_tokens_per_second)
        if not all(math.isfinite(speed) for speed in speeds if speed is not None):
            raise ValueError(f"notes hold a number that is not finite: {speeds}")


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
    notes: ReplyNotes | None


@dataclass(frozen=True)
class ConversationSummary:
    """One line of the list of conversations."""

    id: str
    title: str
    updated_at: float
    """Unix seconds of the last message."""
    interrupted: bool
    """The current path ends in a half reply of a process that died."""


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

    def path(self) -> list[StoredMessage]:
        """The current path, root to leaf."""
        by_id = {message.id: message for message in self.messages}
        upwards: list[StoredMessage] = []
        next_id = self.current_id
        while next_id is not None:
            upwards.append(by_id[next_id])
            next_id = upwards[-1].parent_id
        return upwards[::-1]

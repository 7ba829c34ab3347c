"""What a reader makes of a file: conversations as the other app kept them, not yet in the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.conversations.importing.json_stream import JsonObject
from desktop.conversations.values import ConversationTree, MessageState, ReplyNotes
from engine.events import Role


@dataclass(frozen=True)
class ParsedFile:
    """An attachment: an image most often."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class ParsedMessage:
    """One message. Everything but the id, the role and the text may be unknown."""

    id: str
    """Unique within its conversation."""
    parent_id: str | None
    role: Role
    text: str
    thinking: str = ""
    created_at: float | None = None
    state: MessageState = MessageState.COMPLETE
    model: str = ""
    notes: ReplyNotes | None = None
    files: tuple[ParsedFile, ...] = ()
    extra: JsonObject = field(default_factory=dict)
    """Fields of the other app that have no place here, as they were."""

    @property
    def is_empty(self) -> bool:
        """There is nothing to show."""
        return not (self.text.strip() or self.thinking.strip() or self.files)


@dataclass(frozen=True)
class ParsedConversation:
    """One conversation with all its branches."""

    source: str
    """The name of the reader."""
    source_id: str
    """What the other app calls it; the same in every export."""
    title: str
    messages: tuple[ParsedMessage, ...]
    """A parent comes before its children; siblings are in order."""
    current_id: str | None
    """The last message of the path that was shown."""
    created_at: float | None = None
    updated_at: float | None = None
    system_prompt: str = ""
    folder: str = ""
    pinned: bool = False
    tags: tuple[str, ...] = ()
    extra: JsonObject = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """What could not be carried, and how often."""


@dataclass(frozen=True)
class Imported:
    """A conversation ready for the store."""

    tree: ConversationTree
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The bytes of its attachments by their SHA-256."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """What could not be carried, and how often."""


@dataclass(frozen=True)
class Unreadable:
    """A conversation of which nothing could be read."""

    where: str
    """"conversation 12" or the name of a file."""
    reason: str
    """A sentence."""


Parsed = Imported | Unreadable

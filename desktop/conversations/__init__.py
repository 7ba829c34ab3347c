"""Conversations: stored as trees that cannot lose a message, exported as files. No Qt anywhere."""

from desktop.conversations.store import ConversationStore
from desktop.conversations.values import (
    Attachment,
    ConversationSummary,
    ConversationTree,
    Folder,
    MessageState,
    ReplyNotes,
    Setup,
    StoredMessage,
    TextOrigins,
)

__all__ = [
    "Attachment",
    "ConversationStore",
    "ConversationSummary",
    "ConversationTree",
    "Folder",
    "MessageState",
    "ReplyNotes",
    "Setup",
    "StoredMessage",
    "TextOrigins",
]

"""Conversations: stored as trees that cannot lose a message, exported as files. No Qt anywhere."""

from desktop.conversations.store import ConversationStore
from desktop.conversations.values import (
    ConversationSummary,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
)

__all__ = [
    "ConversationStore",
    "ConversationSummary",
    "ConversationTree",
    "MessageState",
    "ReplyNotes",
    "StoredMessage",
]

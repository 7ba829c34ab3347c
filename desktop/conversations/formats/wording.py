"""What the readable formats say about a message besides its text."""

from typing import Final

from desktop.conversations.values import MessageState, ReplyNotes, StoredMessage
from engine.events import Role

UNTITLED: Final = "Conversation"
_SPEAKERS: Final = {Role.USER: "You", Role.ASSISTANT: "Reply", Role.SYSTEM: "System"}
_STATES: Final = {
    MessageState.STREAMING: "not finished",
    MessageState.STOPPED: "stopped",
    MessageState.FAILED: "failed",
    MessageState.INTERRUPTED: "interrupted",
}


def readable(text: str) -> str:
    """The text with \\n as its only line end, and U+FFFD for NUL, which no text file may hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(readable(text).split())


def speaker(message: StoredMessage) -> str:
    """Who wrote it, as a heading says it."""
    return _SPEAKERS[message.role]


def remark(message: StoredMessage) -> str:
    """One line about how a reply was made and whether it is whole; "" if there is nothing."""
    facts = _facts(message.notes) if message.notes else []
    if message.state in _STATES:
        facts.append(_STATES[message.state])
    return one_line(", ".join(facts))


def _facts(notes: ReplyNotes) -> list[str]:
    pair = f"{notes.target} with draft {notes.draft}" if notes.draft else notes.target
    return [pair, notes.mode, f"{notes.tokens_per_second:.1f} tokens/s"]

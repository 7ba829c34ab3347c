"""What the readable formats say about a conversation besides its messages."""

from datetime import UTC, datetime
from typing import Final

from desktop.conversations.formats.entries import Entry
from desktop.conversations.values import (
    Attachment,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
)
from desktop.mode_words import mode_name
from engine.events import Role
from engine.language import decimal, figure, tr

UNTITLED: Final = tr("Conversation")
SYSTEM: Final = tr("System")
THINKING: Final = tr("Thinking")
_SPEAKERS: Final = {Role.USER: tr("You"), Role.ASSISTANT: tr("Reply"), Role.SYSTEM: SYSTEM}
_STATES: Final = {
    MessageState.STREAMING: tr("not finished"),
    MessageState.STOPPED: tr("stopped"),
    MessageState.CLOSED: tr("not finished"),
    MessageState.FAILED: tr("failed"),
    MessageState.INTERRUPTED: tr("interrupted"),
}
LATEST: Final = 253_402_300_799
"""The last second of the calendar."""
_UNITS: Final = ((1 << 20, "MB"), (1 << 10, "kB"))


def readable(text: str) -> str:
    """The text with \\n as its only line end, and U+FFFD for NUL, which no text file may hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(readable(text).split())


def speaker(entry: Entry) -> str:
    """Who wrote it, as a heading says it."""
    name = _SPEAKERS[entry.message.role]
    return name if entry.number is None else f"{entry.number}. {name}"


def remark(entry: Entry) -> str:
    """One line about how a reply was made and whether it is whole; "" if there is nothing."""
    message = entry.message
    facts = _facts(message.notes) if message.notes else [message.model]
    facts += [_STATES.get(message.state, ""), entry.place]
    return one_line(", ".join(filter(None, facts)))


def _facts(notes: ReplyNotes) -> list[str]:
    pair = notes.target
    if notes.draft:
        pair = tr("{target} with draft {draft}").format(target=notes.target, draft=notes.draft)
    speed = tr("{number} tokens/s").format(number=figure(notes.tokens_per_second))
    return [pair, mode_name(notes.mode), speed]


def moment(seconds: float) -> str:
    """A moment in UTC, as every calendar reads it; "" for one beyond all calendars."""
    if not 0 <= seconds <= LATEST:
        return ""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def models(tree: ConversationTree) -> list[str]:
    """Who answered, each once, in the order of their first reply."""
    return list(dict.fromkeys(one for one in map(_model, tree.messages) if one))


def _model(message: StoredMessage) -> str:
    return one_line(message.notes.target if message.notes else message.model)


def attached(attachment: Attachment) -> str:
    """Name and size of a file."""
    return f"{one_line(attachment.name) or tr('file')} ({_size(attachment.size)})"


def _size(count: int) -> str:
    for unit, name in _UNITS:
        if count >= unit:
            return f"{decimal(count / unit)} {name}"
    return tr("{count} bytes").format(count=count)

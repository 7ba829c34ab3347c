"""How much of the context a conversation takes: measured where a reply was, guessed beyond it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desktop.attachments.prompt import with_attachments
from desktop.conversations.values import Attachment, StoredMessage
from engine.language import tr, whole

_BYTES_PER_TOKEN: Final = 3.6
"""Of UTF-8, over English, code and Chinese alike; the window has no tokenizer."""
_PER_MESSAGE: Final = 5
"""What a chat template puts around a message."""
_NOTICED_FROM: Final = 0.95


def about_tokens(text: str) -> int:
    """How many tokens a text has, within a quarter or so."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


def message_tokens(text: str, attachments: Sequence[Attachment] = ()) -> int:
    """The same for a message with its files; 0 for none."""
    whole = with_attachments(text, attachments)
    return about_tokens(whole) + _PER_MESSAGE if whole.strip() else 0


@dataclass(frozen=True)
class ContextUse:
    """What the next reply will have to read, in tokens."""

    room: int = 0
    """What the model can read; 0 while there is none."""
    path: int = 0
    """The messages so far, with the system prompt."""
    own: int = 0
    """The system prompt alone: no message can do without it."""
    message: int = 0
    is_measured: bool = False
    """Whether the path was counted by the model, rather than guessed."""

    @property
    def used(self) -> int:
        """All of it."""
        return self.path + self.message

    @property
    def is_exact(self) -> bool:
        """Whether `used` is more than a guess."""
        return self.is_measured and not self.message

    @property
    def is_too_large(self) -> bool:
        """Whether the message does not fit even without the messages before it."""
        return bool(self.room) and self.own + self.message > self.room

    @property
    def warning(self) -> str:
        """What the person should know about it; "" where there is room enough."""
        if self.is_too_large:
            return tr(
                "This message needs about {needed} tokens, and the model reads {room}. "
                "Remove a file, or load the model with a larger context."
            ).format(needed=whole(self.own + self.message), room=whole(self.room))
        if self.room and self.used >= _NOTICED_FROM * self.room:
            return tr("The oldest messages will be left out of what the model reads.")
        return ""


def path_use(path: Sequence[StoredMessage], system_prompt: str) -> ContextUse:
    """The use of all messages so far, before another one is written, of whichever room."""
    own, later = message_tokens(system_prompt), 0
    for message in reversed(path):
        notes = message.notes
        if notes and notes.prompt_tokens is not None:
            measured = notes.prompt_tokens + notes.tokens
            return ContextUse(0, measured + later, own, is_measured=not later)
        later += message_tokens(message.text, message.attachments)
    return ContextUse(0, own + later, own)

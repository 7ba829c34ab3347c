"""How much of the context a conversation takes: measured where a reply was, guessed beyond it."""

import math
from collections.abc import Sequence
from typing import Final

from desktop.attachments.prompt import with_attachments
from desktop.conversations.values import Attachment, StoredMessage

_BYTES_PER_TOKEN: Final = 3.6
"""Of UTF-8, over English, code and Chinese alike; the window has no tokenizer."""
_PER_MESSAGE: Final = 5
"""What a chat template puts around a message."""


def about_tokens(text: str) -> int:
    """How many tokens a text has, within a quarter or so."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


def message_tokens(text: str, attachments: Sequence[Attachment] = ()) -> int:
    """The same for a message with its files; 0 for none."""
    whole = with_attachments(text, attachments)
    return about_tokens(whole) + _PER_MESSAGE if whole.strip() else 0


def path_tokens(path: Sequence[StoredMessage], system_prompt: str) -> int:
    """The same for all messages so far."""
    later = 0
    for message in reversed(path):
        notes = message.notes
        if notes and notes.prompt_tokens is not None:
            return notes.prompt_tokens + notes.tokens + later
        later += message_tokens(message.text, message.attachments)
    return message_tokens(system_prompt) + later

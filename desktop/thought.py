"""What a model thought before it answered, apart from its reply, by the marks of its template."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desktop.conversations.values import StoredMessage, TextOrigins
from engine.events import Role
from engine.thoughts import THOUGHT_MARKS

_OPENED: Final = re.compile(
    r"\s*(" + "|".join(re.escape(opens) for opens, _ in THOUGHT_MARKS) + ")"
)
_CLOSES: Final = dict(THOUGHT_MARKS)
_BEFORE_ANY_MARK: Final = (("<think>", "</think>"), ("[THINK]", "[/THINK]"))
"""Imported replies may have the end of a thought only: their template had opened it."""


@dataclass(frozen=True)
class Thought:
    """A text in two: what was thought, and the reply from `reply_start` on."""

    text: str = ""
    reply_start: int = 0
    is_open: bool = False
    """The model still thinks, or stopped within."""


def thought_in(text: str) -> Thought:
    """The thought at the beginning of a reply; an empty one if there is none."""
    opened = _OPENED.match(text)
    if opened:
        return _until(text, opened.end(), _CLOSES[opened[1]])
    for opens, closes in _BEFORE_ANY_MARK:
        before, found, _ = text.partition(closes)
        if found and opens not in before:
            return _until(text, 0, closes)
    return Thought()


def thought_of(message: StoredMessage) -> Thought:
    """That of a message, wherever it is kept."""
    if message.role is not Role.ASSISTANT:
        return Thought()
    if message.thinking:
        return Thought(message.thinking)
    return thought_in(message.text)


def parts_of(message: StoredMessage) -> tuple[Thought, str]:
    """What was thought, and what was said."""
    thought = thought_of(message)
    return thought, message.text[thought.reply_start :]


def reply_of(message: StoredMessage) -> str:
    """What was said, without what was thought."""
    return parts_of(message)[1]


def seconds_of(
    thought: Thought, origins: Sequence[TextOrigins], tokens_per_second: float
) -> float | None:
    """How long the tokens of a thought took at the speed of the reply; None where nobody knows."""
    if not (origins and tokens_per_second > 0 and thought.reply_start):
        return None
    characters = tokens = 0
    for part in origins:
        if characters >= thought.reply_start:
            break
        characters += part.characters
        tokens += len(part.origins)
    return tokens / tokens_per_second


def _until(text: str, start: int, closes: str) -> Thought:
    end = text.find(closes, start)
    if end < 0:
        return Thought(text[start:].strip(), len(text), is_open=True)
    after = end + len(closes)
    after += len(text[after:]) - len(text[after:].lstrip())
    return Thought(text[start:end].strip(), after)

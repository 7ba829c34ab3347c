"""A reply that goes on: whether it was cut off, and the notes of both its parts as one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from desktop.conversations.values import MessageState, ReplyNotes, StoredMessage, TextOrigins
from engine.events import FinishReason, Role

_BROKEN_OFF: Final = frozenset(
    {MessageState.STOPPED, MessageState.CLOSED, MessageState.FAILED, MessageState.INTERRUPTED}
)
_LIMITS: Final = frozenset({FinishReason.MAX_TOKENS.value, FinishReason.CONTEXT_FULL.value})


def is_cut_off(message: StoredMessage) -> bool:
    """Whether a reply ended before the model was done with it."""
    if message.role is not Role.ASSISTANT or message.state is MessageState.STREAMING:
        return False
    at_limit = message.notes is not None and message.notes.finish in _LIMITS
    return message.state in _BROKEN_OFF or at_limit


def origins_of(message: StoredMessage) -> Sequence[TextOrigins]:
    """Where all of its text came from; a part that nobody noted is one without origins."""
    known = message.notes.origins if message.notes else ()
    unknown = len(message.text) - sum(one.characters for one in known)
    return (*known, TextOrigins(unknown, ())) if unknown > 0 else known


def joined_notes(before: ReplyNotes | None, after: ReplyNotes | None) -> ReplyNotes | None:
    """The notes of a reply whose second part has the notes `after`, with the origins of both.

    Where both parts were made in different modes, the one that made more tokens is named.
    """
    if before is None or after is None:
        return after or before
    leading = before if before.tokens > after.tokens else after
    return replace(
        after,
        mode=leading.mode,
        reason=leading.reason,
        tokens=before.tokens + after.tokens,
        target_passes=before.target_passes + after.target_passes,
        tokens_per_second=_speed(before, after),
        first_token_seconds=before.first_token_seconds,
        plain_tokens_per_second=after.plain_tokens_per_second or before.plain_tokens_per_second,
        prompt_tokens=_prompt_tokens(before, after),
        prompt_seconds=_sum(before.prompt_seconds, after.prompt_seconds),
        draft_seconds=_sum(before.draft_seconds, after.draft_seconds),
        target_seconds=_sum(before.target_seconds, after.target_seconds),
        other_seconds=_sum(before.other_seconds, after.other_seconds),
    )


def _speed(before: ReplyNotes, after: ReplyNotes) -> float:
    parts = [one for one in (before, after) if one.tokens_per_second > 0]
    seconds = sum(one.tokens / one.tokens_per_second for one in parts)
    return sum(one.tokens for one in parts) / seconds if seconds > 0 else 0.0


def _prompt_tokens(before: ReplyNotes, after: ReplyNotes) -> int | None:
    """The prompt of the second part holds the text of the first."""
    if before.prompt_tokens is not None or after.prompt_tokens is None:
        return before.prompt_tokens
    return after.prompt_tokens - before.tokens


def _sum(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else before + after

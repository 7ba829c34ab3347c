"""A reply of two parts reads as one: its figures, and where its text came from."""

from dataclasses import replace

import pytest

from desktop.conversations.values import MessageState, ReplyNotes, StoredMessage, TextOrigins
from desktop.joined_notes import is_cut_off, joined_notes, origins_of
from engine.events import Origin, Role

NOTES = ReplyNotes(
    target="big",
    draft=None,
    mode="tree",
    reason="a pass is costly here",
    tokens=10,
    target_passes=5,
    tokens_per_second=5.0,
    first_token_seconds=0.5,
    plain_tokens_per_second=None,
    finish="max_tokens",
    prompt_tokens=100,
    draft_seconds=1.0,
)


def reply(text: str, state: MessageState, notes: ReplyNotes | None) -> StoredMessage:
    return StoredMessage("m", "c", "p", Role.ASSISTANT, text, state, 0.0, notes=notes)


def test_figures_add_up_and_the_speed_is_that_of_the_whole() -> None:
    after = replace(
        NOTES, mode="plain", tokens=30, tokens_per_second=10.0, prompt_tokens=112, finish="end"
    )
    joined = joined_notes(NOTES, after)
    assert joined is not None
    assert (joined.tokens, joined.target_passes, joined.draft_seconds) == (40, 10, 2.0)
    assert joined.tokens_per_second == pytest.approx(40 / (10 / 5 + 30 / 10))
    assert (joined.mode, joined.finish) == ("plain", "end")
    # With its tokens it is what the context holds.
    assert joined.prompt_tokens == 100


def test_a_first_part_that_was_stopped_has_the_prompt_of_the_second() -> None:
    stopped = replace(NOTES, prompt_tokens=None)
    joined = joined_notes(stopped, replace(NOTES, prompt_tokens=112))
    assert joined is not None
    assert joined.prompt_tokens == 102
    unknown = joined_notes(stopped, stopped)
    assert unknown is not None
    assert unknown.prompt_tokens is None


def test_what_was_not_measured_of_one_part_is_unknown_of_the_whole() -> None:
    joined = joined_notes(NOTES, replace(NOTES, draft_seconds=None))
    assert joined is not None
    assert joined.draft_seconds is None


def test_one_part_without_notes_leaves_the_others() -> None:
    assert joined_notes(None, NOTES) == NOTES
    assert joined_notes(NOTES, None) == NOTES
    assert joined_notes(None, None) is None


def test_text_of_unknown_origin_keeps_the_places_of_the_rest() -> None:
    assert origins_of(reply("four", MessageState.FAILED, None)) == (TextOrigins(4, ()),)
    known = replace(NOTES, origins=(TextOrigins(3, (Origin.TREE,)),))
    assert origins_of(reply("fourth", MessageState.STOPPED, known)) == (
        TextOrigins(3, (Origin.TREE,)),
        TextOrigins(3, ()),
    )


@pytest.mark.parametrize(
    ("state", "finish", "expected"),
    [
        (MessageState.COMPLETE, "end", False),
        (MessageState.COMPLETE, "max_tokens", True),
        (MessageState.COMPLETE, "context_full", True),
        (MessageState.STOPPED, "cancelled", True),
        (MessageState.INTERRUPTED, "end", True),
        (MessageState.STREAMING, "max_tokens", False),
    ],
)
def test_a_reply_is_cut_off_where_the_model_was_not_done(
    state: MessageState, finish: str, expected: bool
) -> None:
    assert is_cut_off(reply("x", state, replace(NOTES, finish=finish))) is expected

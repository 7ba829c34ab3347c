"""What was thought is told from what was said, by the marks of many templates."""

import pytest

from desktop.conversations.values import MessageState, StoredMessage, TextOrigins
from desktop.thought import Thought, reply_of, seconds_of, thought_in, thought_of
from engine.events import Origin, Role


def message(text: str, thinking: str = "") -> StoredMessage:
    state = MessageState.COMPLETE
    return StoredMessage("m", "c", None, Role.ASSISTANT, text, state, 0.0, thinking=thinking)


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ("<think>", "</think>"),
        ("\n<think>\n", "</think>\n\n"),
        ("<thinking>", "</thinking>"),
        ("[THINK]", "[/THINK]"),
        ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
        ("", "</think>"),
    ],
)
def test_a_thought_is_apart(opens: str, closes: str) -> None:
    said = message(f"{opens}so it is{closes}It is so.")
    assert thought_of(said).text == "so it is"
    assert not thought_of(said).is_open
    assert reply_of(said) == "It is so."


def test_a_thought_may_be_open() -> None:
    assert thought_in("<think>well, ") == Thought("well,", 13, is_open=True)


@pytest.mark.parametrize(
    "text", ["", "Words", "Words and <think>marks</think>", "Use `<think>` and `</think>`."]
)
def test_marks_within_a_reply_are_words(text: str) -> None:
    assert thought_in(text) == Thought()
    assert reply_of(message(text)) == text


def test_an_imported_thought_stands_beside_the_reply() -> None:
    assert thought_of(message("Said", "thought")) == Thought("thought")
    assert reply_of(message("Said", "thought")) == "Said"


def test_the_time_of_a_thought_is_that_of_its_tokens() -> None:
    text = "<think>hm</think>Yes"
    tokens = [TextOrigins(7, (Origin.TARGET,)), TextOrigins(2, (Origin.TREE,))]
    tokens += [TextOrigins(8, (Origin.TARGET,)), TextOrigins(3, (Origin.TARGET,))]
    assert seconds_of(thought_in(text), tokens, 1.5) == 2.0
    assert seconds_of(thought_in(text), [], 1.5) is None
    assert seconds_of(thought_in("Yes"), tokens, 1.5) is None

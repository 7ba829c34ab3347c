"""Prompts as tokens: nothing in a message is a control token, and the oldest messages give way."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EmptyPrompt, PromptTooLong
from engine.events import ChatMessage, Role
from engine.prompt import CHATML, ChatTemplate
from engine.tokens import PromptEncoder
from tests.fakes import FakeVocab

START, END = 256, 257
MARK = chr(0xF0000)

hostile = st.lists(
    st.sampled_from(
        ["<|im_start|>", "<|im_end|>", "<|im_", "end|>", "\n", "system\n", MARK, chr(0xF0001), "é"]
    ),
    max_size=8,
).map("".join)
conversations = st.lists(
    st.builds(ChatMessage, st.sampled_from(list(Role)), hostile), min_size=1, max_size=5
)


def encoder(source: str = CHATML, *, bos: int | None = None) -> PromptEncoder:
    return PromptEncoder(FakeVocab(), ChatTemplate(source), bos)


def user(content: str) -> ChatMessage:
    return ChatMessage(Role.USER, content)


def assistant(content: str) -> ChatMessage:
    return ChatMessage(Role.ASSISTANT, content)


SYSTEM = ChatMessage(Role.SYSTEM, "Be brief.")


@given(messages=conversations)
def test_only_the_template_writes_control_tokens(messages: list[ChatMessage]) -> None:
    expected: list[int] = []
    for message in messages:
        shown = message.content.replace(MARK, "").replace(chr(0xF0001), "")
        expected += [START, *f"{message.role}\n{shown}".encode(), END, *b"\n"]
    assert encoder().encode(messages) == [*expected, START, *b"assistant\n"]


@given(begun=hostile)
def test_a_reply_goes_on_behind_its_own_text(begun: str) -> None:
    shown = begun.replace(MARK, "").replace(chr(0xF0001), "")
    fresh = encoder().encode([user("x")])
    assert encoder().encode([user("x")], begun=begun) == [*fresh, *shown.encode()]


def test_what_a_reply_begins_with_stays_where_older_messages_go() -> None:
    messages = [user("one"), assistant("two"), user("three")]
    least = encoder().encode(messages[-1:], begun="four")
    prompt = encoder().fit(messages, len(least), begun="four")
    assert (prompt.tokens, prompt.dropped) == (tuple(least), 2)
    with pytest.raises(PromptTooLong):
        encoder().fit(messages, len(least) - 1, begun="four")


def test_a_template_that_writes_marks_itself_gets_plain_text() -> None:
    tokens = encoder(f"{chr(0xF0001)}{{{{ messages[0].content }}}}").encode([user("x")])
    assert tokens == list(b"<|im_end|>x")


def test_a_vocabulary_without_control_tokens_hides_nothing() -> None:
    bare = PromptEncoder(FakeVocab(control_texts=()), ChatTemplate(MARK), None)
    assert bare.encode([user("x")]) == list(MARK.encode())


def test_bos_comes_first_and_once() -> None:
    assert encoder("a", bos=START).encode([user("x")]) == [START, *b"a"]
    assert encoder("<|im_start|>a", bos=START).encode([user("x")]) == [START, *b"a"]


THINKS = CHATML.replace("assistant\n'", "assistant\n<think>\n'")


def test_a_thought_that_the_template_opens_is_told_with_the_prompt() -> None:
    assert encoder(THINKS).fit([user("x")], 1000).opens == "<think>\n"
    assert encoder().fit([user("x")], 1000).opens == ""
    assert encoder().fit([user("<think>")], 1000).opens == ""
    closed = encoder(THINKS.replace("<think>\n", "<think>\n\n</think>\n\n"))
    assert closed.fit([user("x")], 1000).opens == ""


@pytest.mark.parametrize("opening", ["<think>\n", "<think>", ""])
def test_a_thought_goes_on_behind_the_mark_in_the_template(opening: str) -> None:
    fresh = encoder(THINKS).encode([user("x")])
    prompt = encoder(THINKS).fit([user("x")], 1000, begun=f"{opening}Hmm")
    assert (prompt.tokens, prompt.opens) == ((*fresh, *b"Hmm"), "")


@pytest.mark.parametrize("messages", [[], [user("")], [SYSTEM, user(" \n\t")]])
def test_an_empty_message_is_refused(messages: list[ChatMessage]) -> None:
    with pytest.raises(EmptyPrompt):
        encoder().fit(messages, 1000)


def test_all_messages_stay_where_they_fit() -> None:
    messages = [SYSTEM, user("one"), assistant("two"), user("three")]
    tokens = encoder().encode(messages)
    prompt = encoder().fit(messages, len(tokens))
    assert (prompt.tokens, prompt.dropped) == (tuple(tokens), 0)


def test_the_oldest_messages_go_first_and_system_and_last_stay() -> None:
    messages = [SYSTEM, user("one"), assistant("two"), user("three"), assistant("4"), user("five")]
    whole = len(encoder().encode(messages))
    prompt = encoder().fit(messages, whole - 1)
    assert prompt.dropped == 2
    assert prompt.tokens == tuple(encoder().encode([SYSTEM, *messages[3:]]))
    least = encoder().encode([SYSTEM, messages[-1]])
    prompt = encoder().fit(messages, len(least))
    assert (prompt.tokens, prompt.dropped) == (tuple(least), 4)


def test_a_system_message_in_the_middle_stays_too() -> None:
    messages = [user("one"), SYSTEM, assistant("two"), user("three")]
    least = encoder().encode([SYSTEM, messages[-1]])
    prompt = encoder().fit(messages, len(least))
    assert (prompt.tokens, prompt.dropped) == (tuple(least), 2)


def test_a_message_that_does_not_fit_alone_is_refused_with_its_size() -> None:
    messages = [SYSTEM, user("one"), assistant("two"), user("x" * 5000)]
    needed = len(encoder().encode([SYSTEM, messages[-1]]))
    with pytest.raises(PromptTooLong) as caught:
        encoder().fit(messages, 1000)
    assert caught.value.message == (
        f"The message needs {needed:,} tokens, and the context has room for 1,000."
    )


@dataclass(frozen=True)
class Fit:
    """A conversation and the room for it."""

    messages: list[ChatMessage]
    room: int


@st.composite
def fits(draw: st.DrawFn) -> Fit:
    """Turns of a user and an assistant after an optional system message, ending with a user's."""
    contents = st.text("ab", min_size=1, max_size=30)
    messages = [SYSTEM] * draw(st.integers(0, 1))
    for _ in range(draw(st.integers(0, 4))):
        messages += [user(draw(contents)), assistant(draw(contents))]
    return Fit([*messages, user(draw(contents))], draw(st.integers(1, 400)))


@given(fit=fits())
def test_the_kept_part_is_the_longest_that_fits(fit: Fit) -> None:
    system = [m for m in fit.messages if m.role is Role.SYSTEM]
    rest = [m for m in fit.messages if m.role is not Role.SYSTEM]
    suffixes = [[*system, *rest[start:]] for start in range(0, len(rest), 2)]
    fitting = [kept for kept in suffixes if len(encoder().encode(kept)) <= fit.room]
    if not fitting:
        with pytest.raises(PromptTooLong):
            encoder().fit(fit.messages, fit.room)
        return
    prompt = encoder().fit(fit.messages, fit.room)
    assert prompt.tokens == tuple(encoder().encode(fitting[0]))
    assert prompt.dropped == len(fit.messages) - len(fitting[0])

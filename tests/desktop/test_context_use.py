"""How full the context is: measured where a reply was, a guess beyond it, and said so."""

from dataclasses import replace

from desktop.context_use import ContextUse, message_tokens, path_use
from desktop.conversations.values import MessageState, ReplyNotes, StoredMessage
from engine.events import Role
from tests.desktop.conversations.builders import NOTES


def message(text: str, notes: ReplyNotes | None = None) -> StoredMessage:
    role = Role.ASSISTANT if notes else Role.USER
    return StoredMessage("m", "c", None, role, text, MessageState.COMPLETE, 0.0, notes=notes)


REPLY = message("Hello", replace(NOTES, prompt_tokens=100, tokens=20))


def test_after_a_reply_the_use_is_what_the_model_counted() -> None:
    use = path_use([message("Hi"), REPLY], "")
    assert (use.used, use.is_exact) == (120, True)


def test_what_is_typed_or_came_later_is_a_guess() -> None:
    use = path_use([message("Hi"), REPLY], "")
    assert not replace(use, message=message_tokens("typed")).is_exact
    later = path_use([REPLY, message("more")], "")
    assert (later.used, later.is_exact) == (120 + message_tokens("more"), False)


def test_the_system_prompt_counts() -> None:
    use = path_use([message("Hi")], "Be brief.")
    assert use.used == message_tokens("Hi") + message_tokens("Be brief.")
    assert not use.is_exact


def test_warnings_begin_where_messages_will_be_left_out() -> None:
    assert ContextUse(1000, 900).warning == ""
    assert "left out" in ContextUse(1000, 960).warning
    too_large = ContextUse(1000, 10, own=5, message=996)
    assert too_large.is_too_large
    assert "about 1,001 tokens" in too_large.warning
    assert ContextUse(0, 10_000).warning == ""

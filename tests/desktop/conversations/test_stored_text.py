"""What a message may hold: any text, any length, any depth."""

from dataclasses import replace

import pytest

from desktop.conversations import ConversationStore, MessageState
from tests.desktop.conversations.builders import NOTES, texts
from tests.desktop.conversations.conftest import Reopen


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("NUL \0 inside", "NUL \0 inside"),
        ("שלום \u202e עולם 👩‍👩‍👧", "שלום \u202e עולם 👩‍👩‍👧"),
        ("\ufefftext", "\ufefftext"),
        ("\r\n \r \n", "\r\n \r \n"),
        ("pair \ud83d\ude00", "pair 😀"),
        ("high \ud83d x", "high \ufffd x"),
        ("low \ude00", "low \ufffd"),
        ("end \ud83d", "end \ufffd"),
    ],
)
def test_text_is_kept_but_for_lone_surrogates(reopen: Reopen, given: str, kept: str) -> None:
    store = reopen()
    conversation_id = store.create(given).id
    message = store.add_user_message(conversation_id, given, parent_id=None)
    reply = store.start_reply(conversation_id, parent_id=message.id)
    store.finish_reply(reply.id, given, MessageState.FAILED, replace(NOTES, target=given))
    store.save_draft_text(conversation_id, given)
    assert message.text == kept

    store = reopen()
    assert store.conversations()[0].title == kept
    assert texts(store, conversation_id) == [kept, kept]
    assert store.path(conversation_id)[1].notes == replace(NOTES, target=kept)
    assert store.draft_text(conversation_id) == kept


def test_a_megabyte_is_a_message(reopen: Reopen) -> None:
    store, text = reopen(), "ä🙂\n" * 300_000
    conversation_id = store.create().id
    store.add_user_message(conversation_id, text, parent_id=None)
    assert texts(reopen(), conversation_id) == [text]


def test_a_deep_conversation_has_a_path(store: ConversationStore, conversation: str) -> None:
    depth = 1_500
    with store._database.transaction():
        store._database.change(
            """
            WITH RECURSIVE count (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM count WHERE n < ?)
            INSERT INTO message (number, id, conversation, parent, role, state, created_at, text)
            SELECT n, 'm' || n, 1, nullif(n - 1, 0), 'user', 'complete', 0, n FROM count
            """,
            depth,
        )
    store.select("m1")
    assert texts(store, conversation) == [str(n + 1) for n in range(depth)]

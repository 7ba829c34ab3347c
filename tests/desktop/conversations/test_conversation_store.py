"""The store by example: the tree, the list, what survives a restart."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.conversations import ConversationStore, MessageState
from tests.desktop.conversations.builders import NOTES, texts
from tests.desktop.conversations.conftest import Reopen


def ask(store: ConversationStore, conversation_id: str, text: str, answer: str) -> tuple[str, str]:
    """Add a question below the current leaf and its reply; both ids."""
    path = store.path(conversation_id)
    parent_id = path[-1].id if path else None
    question = store.add_user_message(conversation_id, text, parent_id=parent_id)
    reply = store.start_reply(conversation_id, parent_id=question.id)
    store.finish_reply(reply.id, answer, MessageState.COMPLETE, None)
    return question.id, reply.id


def test_new_store_is_empty_and_has_nothing_to_say(store: ConversationStore) -> None:
    assert store.conversations() == []
    assert store.notice is None


def test_only_the_owner_may_read_the_files(store: ConversationStore, path: Path) -> None:
    store.create("secret")
    files = list(path.parent.iterdir())
    assert {file.name for file in files} >= {path.name, f"{path.name}-wal"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_may_read_is_closed_to_them(reopen: Reopen, path: Path) -> None:
    reopen().close()
    path.chmod(0o644)
    reopen()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_commits_wait_for_the_disk(store: ConversationStore) -> None:
    full = 2
    assert store._database.pragma("journal_mode") == "wal"
    assert store._database.pragma("synchronous") == full
    assert store._database.pragma("foreign_keys") == 1


def test_only_a_reply_that_streams_does_not_wait_for_the_disk(store: ConversationStore) -> None:
    asked = store.add_user_message(store.create("one").id, "Why?", parent_id=None)
    reply = store.start_reply(asked.conversation_id, parent_id=asked.id, model="big")
    said: list[str] = []
    store._database._connection.set_trace_callback(
        lambda sql: said.append(" ".join(sql.split()[:4]))
    )
    store.save_reply(reply.id, "Because")
    eased, saved = said.index("PRAGMA synchronous = NORMAL"), said.index("UPDATE message SET state")
    assert eased < saved
    assert said[-1] == "PRAGMA synchronous = 2"
    said.clear()
    store.finish_reply(reply.id, "Because.", MessageState.COMPLETE, None)
    assert "UPDATE message SET state" in said
    assert not any("synchronous" in sql for sql in said)


def test_conversations_come_newest_first_and_writing_moves_to_the_front(tmp_path: Path) -> None:
    now = iter(range(100))
    store = ConversationStore(tmp_path / "c.sqlite", clock=lambda: float(next(now)))
    first, second = store.create("first"), store.create("second")
    assert [summary.title for summary in store.conversations()] == ["second", "first"]
    store.rename(first.id, "renamed")
    assert [summary.title for summary in store.conversations()] == ["second", "renamed"]
    store.add_user_message(first.id, "hello", parent_id=None)
    assert [summary.title for summary in store.conversations()] == ["renamed", "second"]
    assert second.updated_at < store.conversations()[0].updated_at
    store.close()


def test_trash_hides_a_conversation_and_restore_brings_it_back_whole(
    store: ConversationStore, conversation: str
) -> None:
    ask(store, conversation, "q", "a")
    before = store.conversations()
    store.trash(conversation)
    assert store.conversations() == []
    store.restore(conversation)
    assert store.conversations() == before
    assert texts(store, conversation) == ["q", "a"]


def test_unsent_text_survives_a_restart(reopen: Reopen) -> None:
    store = reopen()
    conversation_id = store.create().id
    assert store.draft_text(conversation_id) == ""
    store.save_draft_text(conversation_id, "half a thou")
    assert reopen().draft_text(conversation_id) == "half a thou"


def test_a_turn_survives_a_restart(reopen: Reopen) -> None:
    store = reopen()
    conversation_id = store.create("title").id
    question = store.add_user_message(conversation_id, "q", parent_id=None)
    reply = store.start_reply(conversation_id, parent_id=question.id)
    assert (reply.text, reply.state, reply.notes) == ("", MessageState.STREAMING, None)
    store.save_reply(reply.id, "half")
    assert texts(store, conversation_id) == ["q", "half"]
    finished = store.finish_reply(reply.id, "whole", MessageState.COMPLETE, NOTES)
    expected = replace(reply, text="whole", state=MessageState.COMPLETE, notes=NOTES)
    assert finished == expected
    assert reopen().path(conversation_id) == [question, expected]


def test_a_regeneration_is_a_sibling_and_becomes_current(
    store: ConversationStore, conversation: str
) -> None:
    question_id, reply_id = ask(store, conversation, "q", "first")
    again = store.start_reply(conversation, parent_id=question_id)
    store.finish_reply(again.id, "second", MessageState.STOPPED, None)
    assert texts(store, conversation) == ["q", "second"]
    for message_id in (reply_id, again.id):
        assert [m.text for m in store.siblings(message_id)] == ["first", "second"]


def test_an_edit_of_the_first_message_is_a_second_root(
    store: ConversationStore, conversation: str
) -> None:
    question_id, _ = ask(store, conversation, "q", "a")
    other = store.create()
    ask(store, other.id, "not a sibling", "a")
    edited = store.add_user_message(conversation, "edited", parent_id=None)
    assert texts(store, conversation) == ["edited"]
    assert [m.id for m in store.siblings(question_id)] == [question_id, edited.id]


def test_select_follows_a_branch_to_its_newest_leaf(
    store: ConversationStore, conversation: str
) -> None:
    question_id, _ = ask(store, conversation, "q", "a")
    ask(store, conversation, "q2", "a2")
    store.add_user_message(conversation, "edited", parent_id=None)
    store.select(question_id)
    assert texts(store, conversation) == ["q", "a", "q2", "a2"]


def test_tree_holds_every_branch(store: ConversationStore, conversation: str) -> None:
    ask(store, conversation, "q", "a")
    store.add_user_message(conversation, "edited", parent_id=None)
    tree = store.tree(conversation)
    assert [message.text for message in tree.messages] == ["q", "a", "edited"]
    assert tree.path() == store.path(conversation)


def test_a_reply_found_streaming_is_interrupted(reopen: Reopen) -> None:
    store = reopen()
    conversation_id = store.create().id
    question = store.add_user_message(conversation_id, "q", parent_id=None)
    reply = store.start_reply(conversation_id, parent_id=question.id)
    store.save_reply(reply.id, "half")
    assert not store.conversations()[0].interrupted

    store = reopen()
    assert store.conversations()[0].interrupted
    assert store.path(conversation_id)[-1].state is MessageState.INTERRUPTED
    again = store.start_reply(conversation_id, parent_id=question.id)
    store.finish_reply(again.id, "whole", MessageState.COMPLETE, None)
    assert not store.conversations()[0].interrupted


def test_a_second_outrider_does_not_break_a_reply_under_way(
    store: ConversationStore, conversation: str, path: Path
) -> None:
    question = store.add_user_message(conversation, "q", parent_id=None)
    reply = store.start_reply(conversation, parent_id=question.id)
    ConversationStore(path).close()
    store.save_reply(reply.id, "half")
    finished = store.finish_reply(reply.id, "whole", MessageState.COMPLETE, NOTES)
    assert (finished.text, finished.state) == ("whole", MessageState.COMPLETE)


def test_a_late_save_does_not_touch_a_finished_reply(
    store: ConversationStore, conversation: str
) -> None:
    _, reply_id = ask(store, conversation, "q", "whole")
    with pytest.raises(LookupError):
        store.save_reply(reply_id, "late")
    with pytest.raises(LookupError):
        store.finish_reply(reply_id, "late", MessageState.COMPLETE, None)
    assert texts(store, conversation) == ["q", "whole"]


def test_a_reply_cannot_finish_as_streaming(store: ConversationStore, conversation: str) -> None:
    question = store.add_user_message(conversation, "q", parent_id=None)
    reply = store.start_reply(conversation, parent_id=question.id)
    with pytest.raises(ValueError, match="stream"):
        store.finish_reply(reply.id, "x", MessageState.STREAMING, None)


def test_unknown_ids_are_refused_and_leave_no_trace(
    store: ConversationStore, conversation: str
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.rename("no", "x"),
        lambda: store.trash("no"),
        lambda: store.restore("no"),
        lambda: store.path("no"),
        lambda: store.tree("no"),
        lambda: store.draft_text("no"),
        lambda: store.save_draft_text("no", "x"),
        lambda: store.siblings("no"),
        lambda: store.select("no"),
        lambda: store.save_reply("no", "x"),
        lambda: store.add_user_message("no", "x", parent_id=None),
        lambda: store.start_reply(conversation, parent_id="no"),
    ]
    for call in calls:
        with pytest.raises(LookupError):
            call()
    assert store.path(conversation) == []


def test_a_parent_must_be_in_the_same_conversation(
    store: ConversationStore, conversation: str
) -> None:
    question_id, _ = ask(store, conversation, "q", "a")
    with pytest.raises(LookupError):
        store.add_user_message(store.create().id, "x", parent_id=question_id)


def test_notes_refuse_what_is_not_a_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        replace(NOTES, tokens_per_second=float("nan"))
    with pytest.raises(ValueError, match="finite"):
        replace(NOTES, plain_tokens_per_second=float("inf"))


def test_another_thread_is_refused(store: ConversationStore) -> None:

    seen: list[BaseException] = []

    def use() -> None:
        try:
            store.conversations()
        except sqlite3.ProgrammingError as error:
            seen.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_close_is_idempotent(store: ConversationStore) -> None:
    store.close()
    store.close()

"""Everything the person arranges or deletes can be taken back, also after a restart."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.conversations import ConversationStore, MessageState, Setup
from desktop.conversations.changes import Kind
from engine.config import SamplingConfig
from tests.desktop.conversations.builders import NOTES, texts
from tests.desktop.conversations.conftest import Reopen

Act = Callable[[ConversationStore, str], None]


def fill(store: ConversationStore, conversation: str) -> None:
    """Two questions, each with a reply."""
    parent = None
    for text in ("one", "two"):
        question = store.add_user_message(conversation, text, parent_id=parent)
        reply = store.start_reply(conversation, parent_id=question.id)
        parent = store.finish_reply(reply.id, f"re {text}", MessageState.COMPLETE, None).id


def move(store: ConversationStore, conversation: str) -> None:
    store.folders.move(conversation, store.folders.create("Box").id)


def edit(store: ConversationStore, conversation: str) -> None:
    second = store.path(conversation)[2]
    edited = store.add_user_message(conversation, "two!", parent_id=second.parent_id)
    store.start_reply(conversation, parent_id=edited.id)


def delete(store: ConversationStore, conversation: str) -> None:
    store.delete_message(store.path(conversation)[1].id)


def go_on(store: ConversationStore, conversation: str) -> None:
    reply = store.resume_reply(store.path(conversation)[-1].id)
    notes = replace(NOTES, finish="max_tokens")
    store.finish_reply(reply.id, reply.text + " and more", MessageState.STOPPED, notes)


ACTS: dict[Kind, Act] = {
    Kind.RENAME: lambda store, conversation: store.rename(conversation, "New"),
    Kind.PIN: lambda store, conversation: store.pin(conversation, pinned=True),
    Kind.TAG: lambda store, conversation: store.tag(conversation, ["a", "b"]),
    Kind.SETTINGS: lambda store, conversation: store.set_up(
        conversation, Setup("Be brief.", SamplingConfig(temperature=0.0))
    ),
    Kind.DELETE_CONVERSATION: lambda store, conversation: store.trash(conversation),
    Kind.DELETE_MESSAGE: delete,
    Kind.EDIT: edit,
    Kind.MOVE: move,
    Kind.CONTINUE: go_on,
}


@pytest.mark.parametrize("kind", ACTS)
def test_each_change_is_taken_back_after_a_restart(
    reopen: Reopen, kind: Kind, store: ConversationStore, conversation: str
) -> None:
    fill(store, conversation)
    before = store.tree(conversation), store.conversations()
    ACTS[kind](store, conversation)
    assert (store.tree(conversation), store.conversations()) != before
    store = reopen()
    change = store.last_change()
    assert change is not None
    assert (change.kind, change.conversation_id) == (kind, conversation)
    assert store.undo(change.id) == change
    tree, listed = store.tree(conversation), store.conversations()
    assert (tree.messages, tree.current_id) == (before[0].messages, before[0].current_id)
    assert [one.title for one in listed] == [one.title for one in before[1]]
    assert (tree.folder, tree.tags, tree.pinned) == ("", (), False)
    assert store.setup(conversation) == Setup()
    with pytest.raises(LookupError, match="no change"):
        store.undo(change.id)


def test_a_folder_is_deleted_without_its_conversations(
    store: ConversationStore, conversation: str
) -> None:
    folder = store.folders.create("Box")
    store.folders.move(conversation, folder.id)
    store.folders.rename(folder.id, "Chest")
    store.folders.delete(folder.id)
    assert store.folders.all() == []
    assert store.summary(conversation).folder_id is None
    for name in ("Chest", "Box"):
        change = store.last_change()
        assert change is not None
        store.undo(change.id)
        assert [one.name for one in store.folders.all()] == [name]
        assert store.summary(conversation).folder_id == folder.id


def test_deleting_a_branch_goes_on_beside_it(store: ConversationStore, conversation: str) -> None:
    fill(store, conversation)
    edit(store, conversation)
    assert texts(store, conversation) == ["one", "re one", "two!", ""]
    store.delete_message(store.path(conversation)[2].id)
    assert texts(store, conversation) == ["one", "re one", "two", "re two"]
    store.delete_message(store.path(conversation)[2].id)
    assert texts(store, conversation) == ["one", "re one"]
    store.delete_message(store.path(conversation)[0].id)
    assert texts(store, conversation) == []
    assert store.tree(conversation).messages == ()
    with pytest.raises(LookupError):
        store.siblings(store.create().id)


def test_a_reply_is_still_written_while_its_question_is_in_the_trash(
    store: ConversationStore, conversation: str
) -> None:
    question = store.add_user_message(conversation, "q", parent_id=None)
    reply = store.start_reply(conversation, parent_id=question.id)
    store.delete_message(question.id)
    store.finish_reply(reply.id, "whole", MessageState.COMPLETE, None)
    change = store.last_change()
    assert change is not None
    store.undo(change.id)
    assert texts(store, conversation) == ["q", "whole"]


def test_a_first_title_and_a_first_message_are_no_changes(store: ConversationStore) -> None:
    conversation = store.create().id
    store.rename(conversation, "Named by its first message")
    store.add_user_message(conversation, "hello", parent_id=None)
    assert store.last_change() is None


def test_a_move_into_a_folder_that_is_gone_is_a_move_out(
    store: ConversationStore, conversation: str
) -> None:
    folder = store.folders.create("Box")
    store.folders.move(conversation, folder.id)
    store.folders.move(conversation, None)
    moved_out = store.last_change()
    store.folders.delete(folder.id)
    assert moved_out is not None
    store.undo(moved_out.id)
    assert store.summary(conversation).folder_id is None
    assert store.tree(conversation).folder == ""


def test_a_reply_that_goes_on_keeps_its_text_whatever_happens(
    reopen: Reopen, store: ConversationStore, conversation: str
) -> None:
    fill(store, conversation)
    reply = store.resume_reply(store.path(conversation)[-1].id)
    assert (reply.text, reply.state) == ("re two", MessageState.STREAMING)
    store.save_reply(reply.id, "re two and")
    with pytest.raises(LookupError):
        store.resume_reply(reply.id)
    # The process dies here.
    found = reopen().path(conversation)[-1]
    assert (found.text, found.state) == ("re two and", MessageState.INTERRUPTED)


def test_taking_a_continuation_back_brings_the_former_notes_too(
    store: ConversationStore, conversation: str
) -> None:
    question = store.add_user_message(conversation, "one", parent_id=None)
    reply = store.start_reply(conversation, parent_id=question.id)
    before = store.finish_reply(reply.id, "half", MessageState.STOPPED, NOTES)
    store.resume_reply(reply.id)
    longer = replace(NOTES, tokens=99)
    store.finish_reply(reply.id, "half and half", MessageState.COMPLETE, longer)
    assert store.path(conversation)[-1].notes == longer
    change = store.last_change()
    assert change is not None
    store.undo(change.id)
    assert store.path(conversation)[-1] == before


def test_only_a_reply_that_ended_goes_on(store: ConversationStore, conversation: str) -> None:
    question = store.add_user_message(conversation, "one", parent_id=None)
    with pytest.raises(LookupError):
        store.resume_reply(question.id)

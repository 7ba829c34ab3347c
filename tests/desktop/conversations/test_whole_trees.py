"""Whole conversations go in and come out as they are."""

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings

from desktop.conversations import (
    Attachment,
    ConversationStore,
    ConversationTree,
    MessageState,
    StoredMessage,
)
from desktop.conversations.database import storable_text
from engine.events import Role
from tests.desktop.conversations.builders import linear_tree
from tests.desktop.conversations.tree_strategies import CONTENTS, trees


def at_rest(tree: ConversationTree) -> ConversationTree:
    """Nobody writes on at a copy."""

    def resting(message: StoredMessage) -> StoredMessage:
        halted = message.state is MessageState.STREAMING
        return replace(message, state=MessageState.INTERRUPTED) if halted else message

    tags = tuple(dict.fromkeys(tree.tags))
    return replace(tree, messages=tuple(map(resting, tree.messages)), tags=tags)


@settings(max_examples=50)
@given(trees())
def test_a_tree_comes_out_as_it_went_in(tree: ConversationTree) -> None:
    with closing(ConversationStore(None)) as store:
        assert store.add_trees([tree], CONTENTS) == [tree.id]
        assert store.tree(tree.id) == at_rest(tree)
        assert store.find_source("chatgpt:1") == (tree.id if tree.source else None)
        for message in tree.messages:
            for one in message.attachments:
                assert store.content(one.sha256) == CONTENTS[one.sha256]


def test_ids_that_are_taken_are_replaced(store: ConversationStore) -> None:
    tree = linear_tree("twice", ["q", "a"])
    first, second = store.add_trees([tree, tree])
    assert first == "c"
    assert second != "c"
    assert [m.text for m in store.path(first)] == [m.text for m in store.path(second)]
    assert {m.id for m in store.path(first)}.isdisjoint(m.id for m in store.path(second))


def test_all_trees_or_none(store: ConversationStore) -> None:
    good = linear_tree("good", ["q"])
    orphan = replace(good.messages[0], parent_id="nobody")
    with pytest.raises(LookupError):
        store.add_trees([good, replace(good, messages=(orphan,))])
    assert store.conversations() == []


def test_folders_are_made_once(store: ConversationStore) -> None:
    tree = replace(linear_tree("t", ["q"]), folder="Box")
    store.add_trees([tree, tree])
    (folder,) = store.folders.all()
    assert {one.folder_id for one in store.conversations()} == {folder.id}


def test_unsent_text_keeps_its_files(store: ConversationStore, conversation: str) -> None:
    file = Attachment("a.txt", "text/plain", 2, "00" * 32, "hi", {"pages": 1})
    store.save_unsent_attachments(conversation, [file], {file.sha256: b"hi"})
    assert store.unsent_attachments(conversation) == (file,)
    sent = store.add_user_message(conversation, "see", parent_id=None, attachments=[file])
    store.save_unsent_attachments(conversation, [])
    assert sent.attachments == (file,)
    assert store.unsent_attachments(conversation) == ()
    assert store.content(file.sha256) == b"hi"


def test_an_attachment_without_bytes_stays_without(store: ConversationStore) -> None:
    lost = Attachment("gone.png", "image/png", 9, "11" * 32)
    message = StoredMessage("m", "c", None, Role.USER, "look", MessageState.COMPLETE, 1.0)
    tree = linear_tree("t", [])
    store.add_trees([replace(tree, messages=(replace(message, attachments=(lost,)),))])
    assert store.tree("c").messages[0].attachments == (replace(lost, sha256=""),)


def test_tags_are_storable(store: ConversationStore, conversation: str) -> None:
    store.tag(conversation, ["\ud800", "b", "a", "b"])
    assert store.summary(conversation).tags == ("a", "b", storable_text("\ud800"))

"""The list: rename, arrange, trash and undo."""

from pytestqt.qtbot import QtBot

from desktop.conversation_list import ConversationList
from desktop.conversations.search import Filters
from tests.desktop.desk import Desk


def titles(desk: Desk) -> list[str]:
    return [summary.title for summary in desk.conversations.summaries()]


def test_rename(desk: Desk) -> None:
    conversation = desk.store.create("Before")
    desk.conversations.rename(conversation.id, "  After \n all ")
    assert titles(desk) == ["After all"]
    desk.conversations.rename(conversation.id, "   ")
    assert titles(desk) == ["After all"]


def test_a_deleted_conversation_can_be_brought_back(qtbot: QtBot, desk: Desk) -> None:
    conversation = desk.store.create("Letter")
    with qtbot.waitSignal(desk.conversations.trashed):
        desk.conversations.trash(conversation.id)
    assert titles(desk) == []
    with qtbot.waitSignal(desk.conversations.restored) as restored:
        desk.conversations.undo()
    assert restored.args == [conversation.id]
    assert titles(desk) == ["Letter"]


def test_undo_without_a_deletion_does_nothing(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.assertNotEmitted(desk.conversations.changed):
        desk.conversations.undo()


def test_an_unnamed_conversation_has_words(desk: Desk) -> None:
    assert desk.conversations.title(None) == "New conversation"


def test_what_is_arranged_is_shown_and_taken_back(qtbot: QtBot, desk: Desk) -> None:
    conversation = desk.store.create("Letter").id
    desk.conversations.create_folder(" Post  box ")
    (folder,) = desk.conversations.folders()
    desk.conversations.move(conversation, folder.id)
    desk.conversations.pin(conversation, pinned=True)
    desk.conversations.tag(conversation, ["urgent"])
    (shown,) = desk.conversations.summaries()
    assert (shown.folder_id, shown.pinned, shown.tags) == (folder.id, True, ("urgent",))
    assert [hit.title for hit in desk.conversations.search("", Filters(tag="urgent"))] == ["Letter"]
    desk.conversations.rename_folder(folder.id, "Mail")
    desk.conversations.delete_folder(folder.id)
    assert desk.conversations.folders() == []
    for _ in range(5):
        with qtbot.waitSignal(desk.conversations.undone):
            desk.conversations.undo()
    assert [folder.name for folder in desk.conversations.folders()] == ["Post box"]
    (shown,) = desk.conversations.summaries()
    assert (shown.folder_id, shown.pinned, shown.tags) == (None, False, ())


def test_the_trash_gives_back(qtbot: QtBot, desk: Desk) -> None:
    conversation = desk.store.create("Letter").id
    desk.conversations.trash(conversation)
    assert [one.id for one in desk.conversations.in_trash()] == [conversation]
    with qtbot.waitSignal(desk.conversations.restored):
        desk.conversations.restore(conversation)
    assert titles(desk) == ["Letter"]


def test_undo_ends_at_the_start_of_this_window(desk: Desk) -> None:
    conversation = desk.store.create("Before").id
    desk.store.rename(conversation, "Yesterday")
    later = ConversationList(desk.store)
    later.undo()
    assert titles(desk) == ["Yesterday"]


def test_a_move_is_told_and_undone(qtbot: QtBot, desk: Desk) -> None:
    conversation = desk.store.create("Letter")
    with qtbot.waitSignal(desk.conversations.arranged) as told:
        desk.conversations.move_to_new(conversation.id, "  Home & garden ")
    assert told.args == ["Moved to “Home & garden”"]
    (folder,) = desk.conversations.folders()
    assert desk.conversations.summaries()[0].folder_id == folder.id
    desk.conversations.undo()
    assert desk.conversations.summaries()[0].folder_id is None


def test_the_same_title_again_is_no_change(qtbot: QtBot, desk: Desk) -> None:
    conversation = desk.store.create("Letter")
    with qtbot.assertNotEmitted(desk.conversations.arranged):
        desk.conversations.rename(conversation.id, "Letter")


def test_a_folder_that_is_removed_leaves_its_conversations(desk: Desk) -> None:
    conversation = desk.store.create("Letter")
    desk.conversations.move_to_new(conversation.id, "Home")
    desk.conversations.delete_folder(desk.conversations.folders()[0].id)
    assert titles(desk) == ["Letter"]
    desk.conversations.undo()
    assert [folder.name for folder in desk.conversations.folders()] == ["Home"]

"""The list: rename, trash and undo, export."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.conversation_list import ConversationList
from desktop.conversations.export import ExportFormat
from desktop.conversations.search import Filters
from engine.errors import DiskTrouble
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


@pytest.mark.parametrize("file_format", list(ExportFormat))
def test_export_writes_the_conversation(
    desk: Desk, tmp_path: Path, file_format: ExportFormat
) -> None:
    conversation = desk.store.create("Letter")
    desk.store.add_user_message(conversation.id, "Hello there", parent_id=None)
    destination = tmp_path / f"letter.{file_format.value}"
    assert desk.conversations.export(conversation.id, file_format, destination)
    content = destination.read_bytes()
    assert b"Hello there" in content or content.startswith(b"%PDF-")


def test_an_export_that_fails_is_told(desk: Desk, tmp_path: Path) -> None:
    conversation = desk.store.create("Letter")
    destination = tmp_path / "no such folder" / "letter.md"
    assert not desk.conversations.export(conversation.id, ExportFormat.MARKDOWN, destination)
    assert isinstance(desk.failures[-1], DiskTrouble)


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

"""Full, read-only, locked and damaged: a sentence, and nothing that was saved is lost."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from desktop.conversations import ConversationStore, MessageState, database, schema, tables
from desktop.conversations.disk import DamagedDatabase, NewerDatabase
from engine.errors import DiskTrouble
from tests.desktop.conversations.builders import NOTES


@pytest.fixture
def saved(path: Path) -> str:
    """A closed file with one conversation of one message; the conversation's id."""
    with closing(ConversationStore(path)) as store:
        conversation = store.create("kept")
        store.add_user_message(conversation.id, "hello " * 5_000, parent_id=None)
    return conversation.id


def change_by_hand(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def fill_disk(store: ConversationStore) -> None:
    pages = store._database.pragma("page_count")
    store._database.change(f"PRAGMA max_page_count = {pages}")


def test_full_disk_is_told_and_changes_nothing(store: ConversationStore) -> None:
    conversation = store.create()
    question = store.add_user_message(conversation.id, "before", parent_id=None)
    fill_disk(store)
    with pytest.raises(DiskTrouble, match="the disk is full") as trouble:
        store.add_user_message(conversation.id, "x" * 1_000_000, parent_id=question.id)
    assert "Free some space" in trouble.value.hint
    assert store.path(conversation.id) == [question]


def test_after_a_full_disk_the_reply_can_still_be_finished(store: ConversationStore) -> None:
    conversation = store.create()
    question = store.add_user_message(conversation.id, "q", parent_id=None)
    reply = store.start_reply(conversation.id, parent_id=question.id)
    store.save_reply(reply.id, "half")
    fill_disk(store)
    whole = "whole " * 100_000
    with pytest.raises(DiskTrouble):
        store.finish_reply(reply.id, whole, MessageState.COMPLETE, None)
    assert store.path(conversation.id)[-1].text == "half"
    store._database.change("PRAGMA max_page_count = 1000000")
    store.finish_reply(reply.id, whole, MessageState.COMPLETE, None)
    assert store.path(conversation.id)[-1].text == whole


def test_read_only_is_told(store: ConversationStore) -> None:
    conversation = store.create()
    store._database.change("PRAGMA query_only = ON")
    with pytest.raises(DiskTrouble, match="read-only"):
        store.rename(conversation.id, "x")


def test_a_file_that_cannot_be_written_still_opens(saved: str, path: Path) -> None:
    with closing(ConversationStore(path)) as holder:
        holder._database.change("BEGIN IMMEDIATE")
        with closing(ConversationStore(path)) as reader:
            assert reader.path(saved)[0].text == "hello " * 5_000


def test_locked_by_another_program_is_told(
    store: ConversationStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.0)
    store._database.change("BEGIN IMMEDIATE")
    with (
        closing(ConversationStore(path)) as other,
        pytest.raises(DiskTrouble, match="another program"),
    ):
        other.create()


def test_a_file_beside_which_nothing_can_be_written_is_read(
    saved: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk or a read-only one: there is no room for the WAL's index."""

    def refuse(_self: database.Database) -> None:
        raise DiskTrouble("The conversations cannot be saved: the disk is full.")

    monkeypatch.setattr(database.Database, "make_durable", refuse)
    with closing(ConversationStore(path)) as store:
        assert store.notice == (
            "The conversations cannot be saved: the disk is full. "
            "Until Outrider starts again, they can only be read."
        )
        assert store.path(saved)[0].text == "hello " * 5_000
        assert store.search("hello")
        with pytest.raises(DiskTrouble, match="read-only"):
            store.create()
    monkeypatch.undo()
    with closing(ConversationStore(path)) as store:
        assert store.notice is None
        store.create()


def test_an_interrupted_reply_on_a_locked_file_is_marked_later(
    store: ConversationStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.0)
    conversation = store.create()
    question = store.add_user_message(conversation.id, "q", parent_id=None)
    store.start_reply(conversation.id, parent_id=question.id)
    assert store._presence is not None
    store._presence.close()
    store._database.change("BEGIN IMMEDIATE")
    with closing(ConversationStore(path)) as other:
        assert other.path(conversation.id)[-1].state is MessageState.STREAMING
    store._database.change("ROLLBACK")
    with closing(ConversationStore(path)) as other:
        assert other.path(conversation.id)[-1].state is MessageState.INTERRUPTED


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble, match="a folder has this name"):
        ConversationStore(tmp_path)


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskTrouble):
        ConversationStore(tmp_path / "file" / "conversations.sqlite")


def assert_set_aside(path: Path, content: bytes, *, saved: Sequence[str] = ()) -> None:
    """Opening keeps `content` under another name, says so, and works with the titles `saved`."""
    with closing(ConversationStore(path)) as store:
        (kept,) = path.parent.glob("conversations-damaged-*.sqlite")
        assert kept.read_bytes() == content
        assert store.notice is not None
        assert kept.name in store.notice
        assert [summary.title for summary in store.conversations()] == list(saved)
        store.create("new")
    with closing(ConversationStore(path)) as store:
        assert store.notice is None
        assert [summary.title for summary in store.conversations()] == ["new", *saved]


@pytest.mark.parametrize("content", [b"not a database, but long enough to look" * 50, b"x"])
def test_no_database_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert_set_aside(path, content)


@pytest.mark.usefixtures("saved")
def test_a_truncated_database_is_set_aside(path: Path) -> None:
    content = path.read_bytes()[:-8192]
    path.write_bytes(content)
    assert_set_aside(path, content)


@pytest.mark.usefixtures("saved")
def test_a_database_with_spoilt_pages_is_set_aside(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:16384] = os.urandom(12288)
    path.write_bytes(content)
    assert_set_aside(path, bytes(content), saved=["kept"])


@pytest.mark.usefixtures("saved")
def test_a_database_with_an_unknown_role_is_set_aside(path: Path) -> None:
    change_by_hand(
        path, "PRAGMA ignore_check_constraints = ON", "UPDATE message SET role = 'oracle'"
    )
    assert_set_aside(path, path.read_bytes(), saved=["kept"])


def test_a_database_of_another_program_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    change_by_hand(path, "CREATE TABLE message (id, text)")
    assert_set_aside(path, path.read_bytes())


def test_setting_aside_twice_in_a_second_keeps_both(path: Path) -> None:
    path.parent.mkdir()
    for content in (b"first " * 100, b"second " * 100):
        path.write_bytes(content)
        ConversationStore(path).close()
        path.unlink()
    kept = path.parent.glob("conversations-damaged-*.sqlite")
    assert {file.read_bytes() for file in kept} == {b"first " * 100, b"second " * 100}


def test_the_wal_of_a_damaged_database_is_kept_with_it(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"damaged " * 1_000)
    wal = path.with_name(f"{path.name}-wal")
    wal.write_bytes(b"log")
    ConversationStore(path).close()
    (kept,) = path.parent.glob("*.sqlite-wal")
    assert kept.name.startswith("conversations-damaged-")
    assert kept.read_bytes() == b"log"


@pytest.mark.usefixtures("saved")
def test_a_newer_file_is_left_alone(path: Path) -> None:
    change_by_hand(path, "PRAGMA user_version = 1000")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="newer Outrider"):
        ConversationStore(path)
    assert path.read_bytes() == before


def test_damage_found_later_is_told(store: ConversationStore, path: Path) -> None:
    conversation = store.create()
    store.add_user_message(conversation.id, "x" * 100_000, parent_id=None)
    store._database.pragma("wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    store._database.change("PRAGMA shrink_memory")
    store._database.change("PRAGMA cache_size = 0")
    with pytest.raises(DamagedDatabase, match="damaged"):
        store.path(conversation.id)


def test_a_spoilt_byte_does_not_hide_a_conversation(path: Path, saved: str) -> None:
    change_by_hand(path, "UPDATE message SET text = CAST(x'6869ff' AS TEXT)")
    with closing(ConversationStore(path)) as store:
        assert [message.text for message in store.path(saved)] == ["hi\ufffd"]


def test_mistakes_of_the_code_are_not_blamed_on_the_disk(store: ConversationStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store._database.change("INSERT INTO conversation (id) VALUES ('x')")


def refuse(store: ConversationStore, step: str) -> None:
    """Make one step of the next change fail."""
    store._database.change(
        f"CREATE TEMP TRIGGER refusal BEFORE {step} BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )


def test_a_message_is_added_wholly_or_not_at_all(store: ConversationStore) -> None:
    conversation = store.create()
    question = store.add_user_message(conversation.id, "q", parent_id=None)
    refuse(store, "UPDATE ON conversation")
    with pytest.raises(sqlite3.IntegrityError, match="refused"):
        store.add_user_message(conversation.id, "lost", parent_id=question.id)
    assert store.tree(conversation.id).messages == (question,)


def test_a_reply_is_finished_wholly_or_not_at_all(store: ConversationStore) -> None:
    conversation = store.create()
    question = store.add_user_message(conversation.id, "q", parent_id=None)
    reply = store.start_reply(conversation.id, parent_id=question.id)
    refuse(store, "INSERT ON reply_notes")
    with pytest.raises(sqlite3.IntegrityError, match="refused"):
        store.finish_reply(reply.id, "whole", MessageState.COMPLETE, NOTES)
    assert store.path(conversation.id) == [question, reply]
    store._database.change("DROP TRIGGER refusal")
    finished = store.finish_reply(reply.id, "whole", MessageState.COMPLETE, NOTES)
    assert finished.notes == NOTES


def test_a_half_made_file_is_made_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ((*tables.MIGRATIONS[0], "no SQL"),)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", broken)
        with pytest.raises(sqlite3.OperationalError):
            ConversationStore(path)
    with closing(ConversationStore(path)) as store:
        assert store.notice is None
        assert store.conversations() == []


def test_a_later_version_builds_on_an_earlier_file(
    saved: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = ("ALTER TABLE conversation ADD COLUMN colour TEXT NOT NULL DEFAULT ''",)
    monkeypatch.setattr(schema, "MIGRATIONS", (*tables.MIGRATIONS, step))
    with closing(ConversationStore(path)) as store:
        assert store.notice is None
        assert len(store.path(saved)) == 1
        assert store._database.pragma("user_version") == schema.newest()
        assert store._database.rows("SELECT colour FROM conversation")[0]["colour"] == ""

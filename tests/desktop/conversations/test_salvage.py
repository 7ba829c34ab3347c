"""A damaged file: what can be read is saved, the rest comes from the daily copy, and it is told."""

import random
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.conversations import ConversationStore, MessageState
from desktop.conversations.backup import daily_backup
from desktop.conversations.database import suspicion
from desktop.conversations.disk import DamagedDatabase
from desktop.conversations.salvage import RECOVERED
from desktop.conversations.schema import check_thoroughly
from engine.cancel import CancelToken
from tests.desktop.conversations.builders import NOTES

PAGE = 4096
MANY = 40


def fill(path: Path, *, conversations: int = MANY) -> list[str]:
    """Conversations of a question and a reply with notes; their ids."""
    ids = []
    with closing(ConversationStore(path)) as store:
        for number in range(conversations):
            conversation = store.create(f"Conversation {number}").id
            question = store.add_user_message(conversation, f"q{number} " * 200, parent_id=None)
            reply = store.start_reply(conversation, parent_id=question.id, model="m")
            store.finish_reply(reply.id, f"a{number}", MessageState.COMPLETE, NOTES)
            ids.append(conversation)
    return ids


def spoil(path: Path, page: int) -> None:
    """Overwrite a page with what chance, always the same, gives."""
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(random.Random(page).randbytes(PAGE))  # noqa: S311  no secret


def pages_of(path: Path, table: str) -> list[int]:
    """The leaf pages of a table, from 0."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'", (table,)
        )
        return [number - 1 for (number,) in rows]


def assert_sound(store: ConversationStore) -> None:
    check_thoroughly(store._database)
    store._database.change(
        "INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"
    )
    for one in store.conversations():
        store.tree(one.id).path()


def test_a_spoilt_page_costs_its_rows_and_nothing_else(path: Path) -> None:
    fill(path)
    leaves = pages_of(path, "message")
    spoil(path, leaves[len(leaves) // 2])
    with closing(ConversationStore(path)) as store:
        salvaged = store.salvaged
        assert salvaged is not None
        assert salvaged.conversations == MANY
        assert 2 * MANY - 30 < salvaged.messages < 2 * MANY
        assert salvaged.backup is None
        assert f"{salvaged.messages} messages in {MANY} conversations" in salvaged.sentence
        assert str(salvaged.kept.parent) in salvaged.sentence
        assert_sound(store)
        assert store.search("q1")
    with closing(ConversationStore(path)) as store:
        assert store.salvaged is None


def test_what_cannot_be_read_comes_from_the_daily_copy(path: Path) -> None:
    ids = fill(path)
    with closing(ConversationStore(path)) as store:
        before = [store.tree(one) for one in ids]
    daily_backup(path, date(2026, 11, 23), CancelToken())
    for page in pages_of(path, "message")[2:5]:
        spoil(path, page)
    with closing(ConversationStore(path)) as store:
        assert store.salvaged is not None
        assert store.salvaged.from_backup > 0
        assert "from the copy of 2026-11-23" in store.salvaged.sentence
        assert [store.tree(one) for one in ids] == before
        assert_sound(store)


def test_a_file_that_is_lost_wholly_comes_from_the_daily_copy(path: Path) -> None:
    ids = fill(path, conversations=3)
    daily_backup(path, date(2026, 11, 23), CancelToken())
    path.write_bytes(b"overwritten by something else" * 1_000)
    with closing(ConversationStore(path)) as store:
        assert sorted(one.id for one in store.conversations()) == sorted(ids)
        assert store.salvaged is not None
        assert (store.salvaged.messages, store.salvaged.from_backup) == (0, 6)


def test_messages_without_their_conversation_get_one(path: Path) -> None:
    fill(path, conversations=2)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM conversation WHERE number = 1")
        connection.commit()
    suspicion(path).touch()
    spoil(path, pages_of(path, "title_search_data")[0])
    with closing(ConversationStore(path)) as store:
        titles = {one.title: one.id for one in store.conversations()}
        assert set(titles) == {"Conversation 1", RECOVERED}
        assert [message.text for message in store.path(titles[RECOVERED])][1] == "a0"
        assert_sound(store)


@settings(max_examples=6)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_no_damage_keeps_outrider_from_starting(
    tmp_path_factory: pytest.TempPathFactory, pages: list[int]
) -> None:
    path = tmp_path_factory.mktemp("damage") / "c.sqlite"
    fill(path, conversations=12)
    for page in pages:
        if page * PAGE < path.stat().st_size:
            spoil(path, page)
    with closing(ConversationStore(path)) as store:
        assert_sound(store)
        assert store.create("new").title == "new"


def test_no_wrong_byte_among_the_names_of_tables_does(tmp_path: Path) -> None:
    sound, path = tmp_path / "sound.sqlite", tmp_path / "c.sqlite"
    fill(sound, conversations=2)
    content = sound.read_bytes()
    start = content.index(b"tableconversationconversation")
    for offset in range(-8, 80, 4):
        spoilt = bytearray(content)
        spoilt[start + offset] = 0xD7
        path.write_bytes(spoilt)
        with closing(ConversationStore(path)) as store:
            assert_sound(store)
        for left in tmp_path.glob("c.sqlite*"):
            left.unlink()


def test_a_damaged_file_that_another_process_uses_is_left_alone(path: Path) -> None:
    fill(path, conversations=2)
    with closing(ConversationStore(path)):
        content = path.read_bytes()
        spoil(path, 3)
        with pytest.raises(DamagedDatabase, match="another Outrider has it open"):
            ConversationStore(path)
        path.write_bytes(content)
    with closing(ConversationStore(path)) as store:
        assert store.notice is None


def test_a_large_file_is_checked_where_damage_was_seen(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    spoil(path, pages_of(path, "message")[3])
    monkeypatch.setattr("desktop.conversations.opening.CHECKED_AT_ONCE", 0)
    with closing(ConversationStore(path)) as store, pytest.raises(DamagedDatabase):
        list(map(store.tree, [one.id for one in store.conversations()]))
    with closing(ConversationStore(path)) as store:
        assert store.salvaged is not None
        assert not suspicion(path).exists()

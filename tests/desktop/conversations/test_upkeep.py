"""Daily copies, the trash of 30 days, and copies before a new form of the file."""

import sqlite3
import stat
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.conversations import Attachment, ConversationStore, MessageState
from desktop.conversations.backup import (
    DAILY_KEPT,
    back_up,
    backup_folder,
    daily_backup,
    daily_backups,
)
from desktop.conversations.database import suspicion
from desktop.conversations.disk import DamagedDatabase
from desktop.conversations.schema import check_thoroughly
from desktop.conversations.tables import MIGRATIONS
from desktop.conversations.upkeep import keep_up
from engine.cancel import CancelToken
from engine.errors import Cancelled, DiskTrouble
from tests.desktop.conversations.builders import texts

DAY = 24 * 3600.0


def test_a_copy_is_one_whole_private_file_while_others_write(
    store: ConversationStore, conversation: str, path: Path, tmp_path: Path
) -> None:
    store.add_user_message(conversation, "in the log only", parent_id=None)
    copy = tmp_path / "elsewhere" / "copy.sqlite"
    back_up(path, copy, CancelToken())
    assert [file.name for file in copy.parent.iterdir()] == ["copy.sqlite"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(ConversationStore(copy)) as copied:
        assert texts(copied, conversation) == ["in the log only"]


def test_a_cancelled_copy_leaves_nothing(store: ConversationStore, path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        back_up(path, path.parent / "copy.sqlite", cancel)
    assert not list(path.parent.glob("*copy*"))


def test_a_copy_that_cannot_be_written_is_told(store: ConversationStore, path: Path) -> None:
    (path.parent / "backups").write_text("a file where the folder belongs")
    with pytest.raises(DiskTrouble, match="The backup cannot be written"):
        keep_up(path, CancelToken())


def test_the_newest_daily_copies_stay(store: ConversationStore, path: Path) -> None:
    for days in range(DAILY_KEPT + 3):
        daily_backup(path, date(2026, 1, 1) + timedelta(days), CancelToken())
    names = [one.name for one in daily_backups(path)]
    assert len(names) == DAILY_KEPT
    assert names[0] == "conversations-daily-2026-01-10.sqlite"


def test_one_copy_a_day(store: ConversationStore, conversation: str, path: Path) -> None:
    keep_up(path, CancelToken())
    (copy,) = daily_backups(path)
    before = copy.read_bytes()
    store.rename(conversation, "later")
    keep_up(path, CancelToken())
    assert daily_backups(path) == [copy]
    assert copy.read_bytes() == before


def test_a_damaged_file_is_not_copied(path: Path) -> None:
    with closing(ConversationStore(path)) as store:
        store.add_user_message(store.create().id, "x" * 100_000, parent_id=None)
    content = bytearray(path.read_bytes())
    content[-20_000:] = bytes(20_000)
    path.write_bytes(content)
    with pytest.raises(DamagedDatabase):
        keep_up(path, CancelToken())
    assert daily_backups(path) == []
    assert suspicion(path).exists()


def test_the_trash_is_emptied_after_30_days(path: Path) -> None:
    then = [time.time() - 31 * DAY]
    with closing(ConversationStore(path, clock=lambda: then[0])) as store:
        old, kept = store.create("old").id, store.create("kept").id
        file = Attachment("a.txt", "text/plain", 2, "00" * 32, "hi")
        contents = {file.sha256: b"hi"}
        question = store.add_user_message(
            old, "q", parent_id=None, attachments=[file], contents=contents
        )
        store.finish_reply(
            store.start_reply(old, parent_id=question.id).id, "a", MessageState.COMPLETE, None
        )
        store.trash(old)
        store.add_user_message(kept, "stays", parent_id=None)
        store.delete_message(store.add_user_message(kept, "old branch", parent_id=None).id)
        then[0] += 2 * DAY
        recent = store.create("recent").id
        store.trash(recent)
        keep_up(path, CancelToken())
        assert [one.id for one in store.in_trash()] == [recent]
        assert texts(store, kept) == ["stays"]
        with pytest.raises(LookupError):
            store.summary(old)
        with pytest.raises(LookupError):
            store.content(file.sha256)
        rows = store._database.rows("SELECT count(*) FROM message")
        assert rows[0][0] == 1
        check_thoroughly(store._database)
        change = store.last_change()
        assert change is not None
        store.undo(change.id)
        assert {one.id for one in store.conversations()} == {kept, recent}


def write_version_1(path: Path) -> None:
    """What the first Outrider wrote: a question, a reply with notes, and half a reply."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.executescript(
            """
            INSERT INTO conversation VALUES (1, 'c', NULL, 1.0, 2.0, NULL, 'Old days', 'typed');
            INSERT INTO message VALUES (1, 'q', 1, NULL, 'user', 'complete', 1.0, 'whales?');
            INSERT INTO message VALUES (2, 'a', 1, 1, 'assistant', 'complete', 1.5, 'They sing.');
            INSERT INTO message VALUES (3, 'b', 1, 1, 'assistant', 'streaming', 2.0, 'They s');
            INSERT INTO reply_notes
            VALUES (2, 'big', 'small', 'tree', 'why', 9, 3, 2.5, 0.5, 1, 'end');
            UPDATE conversation SET leaf = 2;
            """
        )


def test_a_file_of_the_first_form_is_copied_and_brought_forward(path: Path) -> None:
    write_version_1(path)
    with closing(ConversationStore(path)) as store:
        assert store.notice is None
        question, reply = store.path("c")
        assert (question.text, reply.text) == ("whales?", "They sing.")
        assert reply.model == "big"
        assert reply.notes is not None
        assert (reply.notes.draft, reply.notes.prompt_seconds) == ("small", None)
        assert store.siblings("a")[1].state is MessageState.INTERRUPTED
        assert store.draft_text("c") == "typed"
        assert [hit.message_id for hit in store.search("sing")] == ["a"]
        check_thoroughly(store._database)
    (copy,) = backup_folder(path).glob("conversations-version-1-*.sqlite")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM message").fetchone() == (3,)

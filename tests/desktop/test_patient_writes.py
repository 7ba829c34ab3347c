"""A second connection holds the write lock: the window goes on, and nothing is lost."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop import patient_writes
from desktop.conversations.disk import Locked
from desktop.conversations.store import ConversationStore
from desktop.conversations.trash import KEPT_SECONDS, empty_trash
from desktop.conversations.values import MessageState, Setup
from desktop.patient_writes import PatientWrites
from engine.cancel import CancelToken
from engine.errors import DiskTrouble, OutriderError
from tests.desktop.desk import Desk
from tests.desktop.fakes import REPLY


@pytest.fixture
def impatient(desk: Desk) -> Desk:
    """The store as the window has it."""
    desk.store.wait_at_most(0.0)
    return desk


@contextmanager
def locked(folder: Path) -> Iterator[sqlite3.Connection]:
    """Another program writes to the conversations, until it is done."""
    with closing(sqlite3.connect(folder / "conversations.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other
        if other.in_transaction:
            other.rollback()


def on_disk(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "conversations.sqlite")) as other:
        return list(other.execute("SELECT text, state FROM message ORDER BY number"))


def test_a_message_sent_into_a_lock_is_kept_and_answered_after_it(
    qtbot: QtBot, impatient: Desk, tmp_path: Path
) -> None:
    chat = impatient.chat
    with locked(tmp_path):
        assert chat.send("Are you there?")
        assert not chat.can_answer, "a second one would stand beside it"
        assert impatient.texts() == [], "nothing is shown as sent that is not on the disk"
        chat.save_draft_text("")
    qtbot.waitUntil(lambda: len(impatient.texts()) == 2 and chat.run is None)
    assert impatient.texts() == ["Are you there?", REPLY]
    assert impatient.failures == []
    assert chat.can_answer


def test_what_waits_goes_to_the_conversation_it_was_meant_for(
    qtbot: QtBot, impatient: Desk, tmp_path: Path
) -> None:
    chat, store = impatient.chat, impatient.store
    first, second = store.create("First").id, store.create("Second").id
    chat.open(first)
    with locked(tmp_path):
        chat.save_draft_text("for the first")
        chat.set_up(Setup("Be brief."))
        chat.open(second)
        chat.save_draft_text("for the second")
        chat.open(None)
        chat.save_draft_text("for a new one")
        chat.open(first)
    qtbot.waitUntil(lambda: len(store.conversations()) == 3)
    qtbot.waitUntil(lambda: not chat._writes.are_waiting)
    assert [store.draft_text(one) for one in (first, second)] == [
        "for the first",
        "for the second",
    ]
    assert (store.setup(first), store.setup(second)) == (Setup("Be brief."), Setup())
    (new,) = {one.id for one in store.conversations()} - {first, second}
    assert store.draft_text(new) == "for a new one"
    assert chat.conversation_id == first


def test_the_end_of_a_reply_waits_for_the_lock(
    qtbot: QtBot, impatient: Desk, tmp_path: Path
) -> None:
    impatient.session.gate.close()
    assert impatient.chat.send("Tell me")
    impatient.session.gate.step()
    qtbot.waitUntil(lambda: bool(impatient.last().text))
    with locked(tmp_path):
        impatient.session.gate.open()
        qtbot.waitUntil(lambda: impatient.chat.run is None)
        assert impatient.last().text == REPLY, "what is not on the disk yet is shown all the same"
    qtbot.waitUntil(lambda: on_disk(tmp_path)[-1] == (REPLY, MessageState.COMPLETE), timeout=5000)
    assert impatient.failures == []


def test_what_is_arranged_waits_in_its_order(qtbot: QtBot, impatient: Desk, tmp_path: Path) -> None:
    conversations = impatient.conversations
    conversation = impatient.store.create("Letter").id
    with locked(tmp_path):
        conversations.move_to_new(conversation, "Post")
        conversations.rename(conversation, "Card")
        conversations.trash(conversation)
    qtbot.waitUntil(lambda: bool(conversations.in_trash()))
    (card,) = conversations.in_trash()
    assert card.title == "Card"
    assert [folder.name for folder in conversations.folders()] == ["Post"]
    qtbot.waitUntil(lambda: impatient.store.summary(conversation).folder_id is not None)
    assert impatient.failures == []


def test_a_long_lock_is_told_once_and_its_end_too(
    qtbot: QtBot, impatient: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_writes, "TOLD_AFTER_SECONDS", 0.0)
    said: list[str] = []
    impatient.chat.noticed.connect(said.append)
    with locked(tmp_path):
        assert impatient.chat.send("Are you there?")
        qtbot.waitUntil(lambda: len(impatient.failures) == 1)
        qtbot.wait(3 * patient_writes.RETRY_MS)
        (failure,) = impatient.failures
        assert "Another program is writing" in failure.sentence
        assert said == []
    qtbot.waitUntil(lambda: len(said) == 1 and impatient.chat.run is None)
    assert impatient.texts()[0] == "Are you there?"


def test_the_window_waits_for_the_lock_at_its_end(impatient: Desk, tmp_path: Path) -> None:
    ready, release = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path):
            ready.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert ready.wait(10)
    impatient.chat.save_draft_text("not to be lost")
    threading.Timer(0.2, release.set).start()
    impatient.chat.close()
    holder.join()
    assert impatient.store.draft_text(impatient.chat.conversation_id or "") == "not to be lost"


def test_what_waits_survives_another_trouble(qtbot: QtBot) -> None:
    writes, done = PatientWrites(), list[str]()
    answers = iter([Locked("locked"), DiskTrouble("full"), DiskTrouble("full"), None])
    failures: list[OutriderError] = []
    writes.failed.connect(failures.append)

    def write() -> None:
        if (trouble := next(answers)) is not None:
            raise trouble

    assert writes.run(write, lambda: done.append("first"))
    assert writes.run(lambda: done.append("second"))
    assert done == []
    qtbot.waitUntil(lambda: done == ["first", "second"])
    assert [str(failure) for failure in failures] == ["full"]
    assert not writes.are_waiting


def test_a_refused_write_is_told_and_waits_for_nothing(qtbot: QtBot) -> None:
    writes = PatientWrites()

    def refuse() -> None:
        raise DiskTrouble("full")

    with qtbot.waitSignal(writes.failed):
        assert not writes.run(refuse)
    assert not writes.are_waiting


def test_many_transactions_in_a_row_let_others_write(desk: Desk, tmp_path: Path) -> None:
    """SQLite's locks know no queue: without pauses, whoever polls for one may never get it."""
    path, store = tmp_path / "conversations.sqlite", desk.store
    for number in range(60):
        store.trash(store.create(f"Old {number}").id)
    waited: list[float] = []
    emptying = threading.Thread(target=lambda: _empty_trash(path))
    emptying.start()
    while emptying.is_alive():
        before = time.monotonic()
        store.create("meanwhile")
        waited.append(time.monotonic() - before)
        time.sleep(0.02)
    emptying.join()
    assert len(waited) > 1
    assert store.in_trash() == []


def test_a_long_work_pauses_for_a_write_that_was_refused(
    qtbot: QtBot, impatient: Desk, tmp_path: Path
) -> None:
    """Whenever it looks for the lock again: it is kept free until then."""
    path = tmp_path / "conversations.sqlite"
    with closing(ConversationStore(path)) as other:
        other._database.change("BEGIN IMMEDIATE")
        impatient.conversations.create_folder("Refused once")
        assert impatient.conversations.folders() == []
        other._database.change("ROLLBACK")
        before = time.monotonic()
        with closing(ConversationStore(path)) as third:
            third._database.let_others_write()
            assert time.monotonic() - before > 0.3, "the window has not looked yet"
        qtbot.waitUntil(lambda: bool(impatient.conversations.folders()))
        before = time.monotonic()
        other._database.let_others_write()
        assert time.monotonic() - before < 0.3


def _empty_trash(path: Path) -> None:
    with closing(ConversationStore(path)) as other:
        empty_trash(other._database, time.time() + 2 * KEPT_SECONDS, CancelToken())

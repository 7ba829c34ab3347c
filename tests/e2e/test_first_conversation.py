"""A person's first conversation, in the real window: over a fake session, and over SmolLM2."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.conversations.export import ExportFormat
from desktop.conversations.values import MessageState
from desktop.engine_thread import open_session
from desktop.pair_model import Phase
from desktop.views.export_dialog import ExportDialog
from engine.config import Mode
from engine.library.starter import is_starter_ready
from tests.desktop.fakes import FakeOpener
from tests.e2e.person import LOAD_MS, Person

QUESTION = "Say hello in one short sentence"


def first_conversation(person: Person, tmp_path: Path, slow_down: Callable[[], None]) -> None:
    """Open, load, send, see text grow, stop, regenerate, export, restart, find it again."""
    person.wait(lambda: person.app.pair.phase is Phase.READY, LOAD_MS)

    person.writes(QUESTION)
    person.wait(lambda: len(person.sees()) > 3)
    person.waits_for_the_reply()
    reply = person.app.chat.messages()[-1].message
    assert reply.state is MessageState.COMPLETE
    assert reply.text.strip()
    assert reply.notes is not None
    assert reply.notes.tokens > 0

    slow_down()
    person.presses("Regenerate the reply")
    person.wait(lambda: len(person.sees()) > 3)
    person.presses("Stop the reply")
    stopped = person.app.chat.messages()[-1]
    assert stopped.message.state is MessageState.STOPPED
    assert (stopped.branch, stopped.branches) == (2, 2)
    person.presses("Branch before")
    assert person.app.chat.messages()[-1].message.id == reply.id

    folder = tmp_path / "exported"
    folder.mkdir()
    QTest.keyClick(person.app.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = person.app.window.findChildren(ExportDialog)[-1]
    dialog.use_folder(folder)
    dialog.formats.setCurrentIndex(dialog.formats.findData(ExportFormat.MARKDOWN))
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    person.wait(lambda: len(list(folder.glob("*.md"))) == 1)
    (destination,) = folder.glob("*.md")
    assert QUESTION in destination.read_text("utf-8")

    person.restarts()
    assert person.app.window.page.header.title.accessibleName() == QUESTION
    assert [shown.message.text for shown in person.app.chat.messages()] == [QUESTION, reply.text]
    person.closes()


def test_first_conversation(
    qtbot: QtBot,
    qapp: QApplication,
    fake_opener: FakeOpener,
    tmp_path: Path,
) -> None:
    def hold_after_the_first_word() -> None:
        fake_opener.session.gate.close()
        fake_opener.session.gate.step()

    person = Person(qtbot, qapp, fake_opener)
    first_conversation(person, tmp_path, hold_after_the_first_word)


@pytest.mark.real_model
@pytest.mark.timeout(900)
def test_first_conversation_with_a_real_model(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    assert is_starter_ready(), "the starter model is missing: make test fetches it"
    person = Person(qtbot, qapp, open_session)

    def draft_trees() -> None:
        person.app.pair.speculate(mode=Mode.TREE)

    first_conversation(person, tmp_path, draft_trees)


def test_a_reply_cut_off_by_a_crash_is_there_and_marked(
    qtbot: QtBot, qapp: QApplication, fake_opener: FakeOpener
) -> None:
    person = Person(qtbot, qapp, fake_opener)
    person.wait(lambda: person.app.pair.phase is Phase.READY)
    conversation = person.app.store.create("Half")
    asked = person.app.store.add_user_message(conversation.id, "Tell me", parent_id=None)
    reply = person.app.store.start_reply(conversation.id, parent_id=asked.id)
    person.app.store.save_reply(reply.id, "Once upon")
    person.restarts()
    person.app.chat.open(conversation.id)
    last = person.app.chat.messages()[-1].message
    assert (last.text, last.state) == ("Once upon", MessageState.INTERRUPTED)
    assert "Once upon" in person.sees()
    person.closes()


def test_unsent_text_survives_a_restart(
    qtbot: QtBot, qapp: QApplication, fake_opener: FakeOpener
) -> None:
    person = Person(qtbot, qapp, fake_opener)
    QTest.keyClicks(person.app.window.page.composer.edit, "half a thou")
    person.restarts()
    assert person.app.window.page.composer.edit.toPlainText() == "half a thou"
    person.closes()

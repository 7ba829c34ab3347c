"""Two profiles in the real window: one message answered by both side by side, then from here by
the other one."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.conversations.values import MessageState, Setup
from desktop.engine_thread import open_session
from desktop.pair_model import Phase
from desktop.views.compare_dialog import CompareDialog
from desktop.views.reply import Reply
from engine.config import (
    Mode,
    ModelConfig,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.library.profiles import Profile
from engine.library.starter import is_starter_ready, starter_path
from tests.desktop.fakes import FakeOpener
from tests.e2e.person import LOAD_MS, Person

SHORT = SamplingConfig(temperature=0.0, max_tokens=12)
GUESSING, PLAIN, AWAY = "Guessing", "Plain", "Away"


def has_profiles(person: Person, model: Path, away: Path) -> None:
    """With a draft and a tree, without either, and one whose file is not there."""
    guessing = SessionConfig(
        target=ModelConfig(path=model),
        draft=SelfDraft(),
        context_length=1024,
        speculation=SpeculationConfig(mode=Mode.TREE, budget=16),
    )
    plain = SessionConfig(
        target=ModelConfig(path=model),
        context_length=1024,
        speculation=SpeculationConfig(mode=Mode.OFF, suggestions=False),
    )
    missing = SessionConfig(target=ModelConfig(path=away), context_length=1024)
    for name, session in ((GUESSING, guessing), (PLAIN, plain), (AWAY, missing)):
        assert person.app.profiles.save(
            Profile(name=name, session=session, sampling=SHORT), in_use=False
        )


def opens_the_comparison(person: Person, text: str) -> CompareDialog:
    edit = person.app.window.page.composer.edit
    QTest.keyClicks(edit, text)
    person.app.window.commands.entry("chat.compare").trigger()
    dialog = person.app.window.findChild(CompareDialog)
    assert isinstance(dialog, CompareDialog)
    for column, name in zip(dialog.columns, (GUESSING, PLAIN), strict=True):
        assert column.side.findText(AWAY) < 0  # it says that a model is not there
        QTest.keyClicks(column.side, name)
        assert column.side.currentText() == name
    return dialog


def compares(person: Person, dialog: CompareDialog) -> list[str]:
    """What both answered."""
    QTest.keyClick(dialog.prompt, Qt.Key.Key_Return)
    person.wait(lambda: not dialog.go.isHidden(), 2 * LOAD_MS)
    assert all(column.keep.isEnabled() for column in dialog.columns)
    return [dialog._comparison.replies[number].text for number in range(2)]


def two_pairs(person: Person, model: Path, away: Path) -> None:
    person.wait(lambda: person.app.pair.phase is Phase.READY, LOAD_MS)
    first = person.app.pair.loaded
    has_profiles(person, model, away)
    dialog = opens_the_comparison(person, "Name a river")
    answers = compares(person, dialog)
    assert all(answers)
    notes = [dialog._comparison.replies[number].notes for number in range(2)]
    modes = [note.mode if note else "" for note in notes]
    assert person.app.chat.messages() == []  # nothing is kept unless one asks for it
    QTest.mouseClick(dialog.columns[1].keep, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.done_button, Qt.MouseButton.LeftButton)
    person.wait(lambda: person.app.pair.phase is Phase.READY, LOAD_MS)
    assert person.app.pair.loaded == first
    assert [shown.message.text for shown in person.app.chat.messages()] == [
        "Name a river",
        answers[1],
    ]

    is_stopped_midway(person)

    person.app.chat.set_up(Setup("", SHORT))
    reply = person.app.window.findChildren(Reply)[-1]
    reply.menu.aboutToShow.emit()
    others = reply.menu.findChild(QMenu)
    assert isinstance(others, QMenu)
    entries = {one.text(): one for one in others.actions()}
    assert not entries[f"{AWAY} (a model is not there)"].isEnabled()
    entries[GUESSING].trigger()
    person.wait(lambda: person.app.chat.messages()[-1].branches == 2, LOAD_MS)
    person.waits_for_the_reply()
    again = person.app.chat.messages()[-1]
    assert (again.branch, again.message.state) == (2, MessageState.COMPLETE)
    assert person.app.profiles.active is not None
    assert person.app.profiles.active.name == GUESSING
    assert again.message.notes is not None
    assert modes == [again.message.notes.mode, modes[1]]
    person.closes()


def is_stopped_midway(person: Person) -> None:
    """While the second side waits for its models; then the window of the comparison is closed."""
    dialog = opens_the_comparison(person, "Name a lake")
    QTest.keyClick(dialog.prompt, Qt.Key.Key_Return)
    person.wait(lambda: dialog._comparison.at_work == 1, 2 * LOAD_MS)
    QTest.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    assert list(dialog._comparison.replies) == [0]
    assert dialog.columns[0].keep.isEnabled()
    assert not dialog.columns[1].keep.isEnabled()
    dialog.close()
    person.wait(lambda: person.app.pair.phase is Phase.READY, LOAD_MS)
    assert len(person.app.chat.messages()) == 2
    person.app.window.page.composer.edit.clear()


def test_two_pairs(
    qtbot: QtBot, qapp: QApplication, fake_opener: FakeOpener, tmp_path: Path
) -> None:
    model = tmp_path / "model.gguf"
    model.touch()
    two_pairs(Person(qtbot, qapp, fake_opener), model, tmp_path / "away.gguf")


@pytest.mark.real_model
@pytest.mark.timeout(900)
def test_two_pairs_of_a_real_model(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    assert is_starter_ready(), "the starter model is missing: make test fetches it"
    two_pairs(Person(qtbot, qapp, open_session), starter_path(), tmp_path / "away.gguf")

"""Writing with help, in the real window: a template, a title, continue, delete and undo."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import auto_titles
from desktop.conversations.titles import title_from, title_of_reply
from desktop.conversations.values import Setup, StoredMessage
from desktop.engine_thread import open_session
from desktop.pair_model import Phase
from desktop.prompt_templates import PromptTemplate
from desktop.views.reply import Reply
from engine.config import SamplingConfig
from engine.library.starter import is_starter_ready
from tests.desktop.fakes import FakeOpener
from tests.e2e.person import LOAD_MS, Person

SHORT = SamplingConfig(temperature=0.0, max_tokens=24)
TEMPLATE = PromptTemplate("Say", "Say {{what}} in {{number}} short sentences")


def begin_with_a_template(person: Person) -> None:
    composer = person.app.window.page.composer
    person.app.templates.save([TEMPLATE])
    composer.edit.setFocus()
    QTest.keyClicks(composer.edit, "/say")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    QTest.keyClicks(composer.edit, "hello")
    QTest.keyClick(composer.edit, Qt.Key.Key_Tab)
    person.writes("two")


def wait_for_the_title(person: Person, answers: list[StoredMessage]) -> None:
    person.waits_for_the_reply()
    person.wait(lambda: len(answers) == 1)
    first_words = title_from("Say hello in two short sentences")
    expected = title_of_reply(answers[0].text) or first_words
    assert person.app.window.page.header.title.accessibleName() == expected


def writing(person: Person, cut_off: Callable[[], None]) -> None:
    """`cut_off`: have the next reply end before it is whole."""
    person.wait(lambda: person.app.pair.phase is Phase.READY, LOAD_MS)
    answers: list[StoredMessage] = []
    person.app.titles._answering.ended.connect(answers.append)
    person.app.chat.set_up(Setup("", SHORT))
    begin_with_a_template(person)
    wait_for_the_title(person, answers)
    assert person.app.chat.messages()[0].message.text == "Say hello in two short sentences"

    person.writes("Tell me a long story about a lighthouse")
    cut_off()
    begun = person.app.chat.messages()[-1].message
    assert begun.text
    person.presses("Continue the reply")
    person.waits_for_the_reply()
    whole = person.app.chat.messages()[-1].message
    assert whole.id == begun.id
    assert whole.text.startswith(begun.text)
    assert len(whole.text) > len(begun.text)
    assert whole.notes is not None
    assert whole.notes.tokens > 1
    assert len(answers) == 1

    first = min(person.app.window.findChildren(Reply), key=lambda reply: reply.y())
    first.menu.aboutToShow.emit()
    next(one for one in first.menu.actions() if one.text() == "Delete from here on").trigger()
    assert len(person.app.chat.messages()) == 1
    QTest.keyClick(person.app.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.app.chat.messages()[-1].message == whole
    person.closes()


def test_writing(qtbot: QtBot, qapp: QApplication, fake_opener: FakeOpener) -> None:
    person = Person(qtbot, qapp, fake_opener, titles=True)
    gate = fake_opener.session.gate

    def stop_after_a_word() -> None:
        person.wait(lambda: len(person.app.chat.messages()[-1].message.text) > 3)
        person.presses("Stop the reply")
        gate.open()

    person.app.titles.titled.connect(gate.close)
    person.app.titles.titled.connect(gate.step)
    writing(person, stop_after_a_word)


@pytest.mark.real_model
@pytest.mark.timeout(900)
def test_writing_with_a_real_model(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_starter_ready(), "the starter model is missing: make test fetches it"
    # However slow this machine is now: the journey has the patience.
    monkeypatch.setattr(auto_titles, "_LEAST_SPEED", 0.0)
    person = Person(qtbot, qapp, open_session, titles=True)
    # So short a limit cuts the reply off.
    writing(person, person.waits_for_the_reply)

"""Journeys around the chat, in the real window over the real starter model."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.appearance_settings import ACCENT, THEME
from desktop.engine_thread import open_session
from desktop.pair_model import Phase
from desktop.setting import Page
from desktop.settings import CONTEXT, MODE
from desktop.theme import ThemeChoice
from desktop.views.palette_dialog import PaletteDialog
from desktop.views.settings_dialog import SettingsDialog
from desktop.views.shortcuts_dialog import ShortcutsDialog
from desktop.views.value_controls import ChoiceBox, NumberBox
from desktop.views.welcome import Welcome
from desktop.views.welcome_offer import WelcomeOffer
from engine import paths
from engine.config import Mode
from engine.library.starter import is_starter_ready
from tests.desktop.fakes import FakeHub, FakeLibrary

WAIT_MS = 240_000
CTRL = Qt.KeyboardModifier.ControlModifier

pytestmark = [pytest.mark.real_model, pytest.mark.timeout(900)]


class Person:
    """Starts the app as `outrider` does: models and memory plans are real, the hub is not."""

    def __init__(self, qtbot: QtBot, application: QApplication) -> None:
        assert is_starter_ready(), "the starter model is missing: make test fetches it"
        self._qtbot = qtbot
        self._application = application
        self.starts()

    def starts(self) -> None:
        self.app = Desktop(
            self._application, opener=open_session, library=FakeLibrary(), hub=FakeHub()
        )
        self.app.start(welcome=True)

    def closes(self) -> None:
        self.app.window.close()
        assert self.app.shutdown()
        self.app.window.deleteLater()

    def waits(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT_MS)

    def presses(self, words: str) -> None:
        (button,) = [
            one
            for one in self.app.window.findChildren(QAbstractButton)
            if one.accessibleName() == words and one.isVisible()
        ]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def keys(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
        # Without a window manager nobody gives the focus back when a dialog closes.
        self.app.window.activateWindow()
        self.waits(self.app.window.isActiveWindow)
        QTest.keyClick(self.app.window, key, modifiers)

    def waits_for_words(self) -> None:
        """Some of the answer: so small a model may go on and on, or say one word."""
        chat = self.app.chat

        def answer() -> str:
            return chat.messages()[-1].message.text

        self.waits(lambda: len(chat.messages()) > 1)
        self.waits(lambda: len(answer()) > 8 or (bool(answer()) and chat.run is None))
        chat.stop()
        self.waits(lambda: chat.run is None)

    def loads(self) -> None:
        self.waits(lambda: self.app.pair.phase is Phase.READY)


@pytest.fixture
def person(qtbot: QtBot, qapp: QApplication) -> Iterator[Person]:
    person = Person(qtbot, qapp)
    yield person
    person.closes()


def test_a_first_start_answers_and_says_what_else_would_run(person: Person) -> None:
    (welcome,) = person.app.window.findChildren(Welcome)
    assert welcome.isVisible()
    person.waits(lambda: len(welcome.findChildren(WelcomeOffer)) > 0)
    person.presses("Start chatting")
    person.loads()
    person.presses("Write a haiku about the sea")
    person.waits_for_words()
    assert person.app.chat.messages()[-1].message.text.split()

    person.closes()
    person.starts()
    assert not person.app.window.findChildren(Welcome)


def test_settings_are_found_changed_counted_and_remembered(person: Person) -> None:
    person.app.window.leave_welcome()
    person.loads()
    person.keys(Qt.Key.Key_Comma)
    dialog = person.app.window.findChildren(SettingsDialog)[-1]
    QTest.keyClicks(dialog.search, "accent")
    (row,) = [one for one in dialog.sections[Page.APPEARANCE].rows if one.isVisible()]
    box = row.control.widget
    assert isinstance(box, ChoiceBox)
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert person.app.settings.get(ACCENT) == "indigo"
    assert (
        person.app.theme.color("accent").name().upper()
        == person.app.theme.tokens.accents["indigo"]["light"]["accent"]
        or person.app.theme.is_dark
    )

    dialog.show_setting(CONTEXT)
    number = next(
        one.control.widget for one in dialog.sections[Page.MODELS].rows if one.setting == CONTEXT
    )
    assert isinstance(number, NumberBox)
    number.field.setValue(1024)
    assert person.app.pair.waits_for_reload
    person.presses("Load again")
    person.waits(lambda: not person.app.pair.waits_for_reload)
    person.loads()
    assert person.app.pair.info is not None
    assert person.app.pair.info.context_length == 1024
    dialog.reject()

    person.closes()
    stored = (paths.config_dir() / paths.SETTINGS_NAME).read_text("utf-8")
    assert 'accent = "indigo"' in stored
    assert "context = 1024" in stored
    assert "theme" not in stored
    person.starts()
    assert person.app.settings.get(ACCENT) == "indigo"
    person.app.settings.set(ACCENT, ACCENT.default)


def test_everything_is_reached_by_the_palette_alone(person: Person) -> None:
    person.app.window.leave_welcome()
    person.loads()

    def palette(letters: str) -> None:
        person.keys(Qt.Key.Key_K)
        dialog = person.app.window.findChildren(PaletteDialog)[-1]
        QTest.keyClicks(dialog.field, letters)
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)

    palette("mode off")
    assert person.app.settings.get(MODE) == Mode.OFF
    edit = person.app.window.page.composer.edit
    QTest.keyClicks(edit, "Name one colour")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    person.waits_for_words()
    asked = person.app.chat.conversation_id
    palette("new conv")
    assert person.app.chat.conversation_id is None
    palette(person.app.conversations.title(asked).lower())
    assert person.app.chat.conversation_id == asked
    palette("theme: dark")
    assert person.app.settings.get(THEME) == ThemeChoice.DARK
    person.app.settings.set(THEME, THEME.default)


def test_a_shortcut_is_changed_refused_and_listed(person: Person, tmp_path: Path) -> None:
    person.app.window.leave_welcome()
    dialog = person.app.window.open_settings(Page.SHORTCUTS)
    row = next(
        one for one in dialog.sections[Page.SHORTCUTS].rows if one.setting.key == "view.tree"
    )
    QTest.keyClick(row.control.widget, Qt.Key.Key_N, CTRL)
    assert "New conversation" in row.trouble
    QTest.keyClick(row.control.widget, Qt.Key.Key_J, CTRL)
    assert not row.trouble
    dialog.reject()
    assert person.app.window.tree.isHidden()
    person.keys(Qt.Key.Key_J)
    assert not person.app.window.tree.isHidden()

    person.keys(Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    listed = person.app.window.findChildren(ShortcutsDialog)[-1]
    assert "Ctrl+J" in [one.text() for one in listed.findChildren(type(row._name))]
    listed.reject()

"""The menu of a message: continue, other profiles, reading aloud, delete; by mouse and by keys."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.values import MessageState
from desktop.speech import Speaker
from desktop.speech_program import SpeechProgram
from desktop.views.compare_dialog import CompareDialog
from desktop.views.edit_box import EditBox
from desktop.views.growing_edit import GrowingEdit
from desktop.views.message_view import MessageView
from desktop.views.reply import Reply
from desktop.views.spoken_text import spoken_text
from desktop.views.user_message import UserMessage
from engine.config import ModelConfig, SessionConfig
from engine.errors import ModelLoadFailed
from engine.library.profiles import Profile
from tests.desktop.fakes import REPLY, FakeOpener


def idle(app: Desktop) -> Callable[[], bool]:
    return lambda: app.chat.run is None


def say(qtbot: QtBot, app: Desktop, text: str = "Hello") -> None:
    app.chat.send(text)
    qtbot.waitUntil(idle(app))


def view(app: Desktop, kind: type[MessageView]) -> MessageView:
    """The last one shown."""
    shown = [one for one in app.window.findChildren(kind) if one.isVisible()]
    return max(shown, key=lambda one: one.y())


def entry(shown: MessageView, words: str) -> QAction:
    shown.menu.aboutToShow.emit()
    return next(action for action in shown.menu.actions() if action.text() == words)


def texts(app: Desktop) -> list[str]:
    return [shown.message.text for shown in app.chat.messages()]


def stop_after_a_word(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    opener.session.gate.step()
    qtbot.waitUntil(lambda: app.chat.run is not None and bool(app.chat.run.message.text))
    app.chat.stop()
    opener.session.gate.open()


@pytest.fixture
def other(app: Desktop, tmp_path: Path) -> Path:
    model = tmp_path / "other.gguf"
    model.touch()
    session = SessionConfig(target=ModelConfig(path=model), context_length=2048)
    app.profiles.save(Profile(name="Other", session=session), in_use=False)
    return model


def test_a_stopped_reply_offers_to_continue(qtbot: QtBot, app: Desktop, opener: FakeOpener) -> None:
    stop_after_a_word(qtbot, app, opener)
    reply = view(app, Reply)
    button = next(
        one
        for one in reply.findChildren(QPushButton)
        if one.accessibleName() == "Continue the reply"
    )
    assert button.isVisible()
    assert entry(reply, "Continue").isEnabled()
    button.click()
    assert not button.isVisible()
    qtbot.waitUntil(idle(app))
    assert texts(app) == ["Hello", "The " + REPLY]
    assert not button.isVisible()


def test_a_whole_reply_says_why_it_cannot_continue(qtbot: QtBot, app: Desktop) -> None:
    say(qtbot, app)
    action = entry(view(app, Reply), "Continue")
    assert not action.isEnabled()
    assert action.toolTip() == "The model had ended this reply itself"


def test_deleting_takes_what_follows_and_undo_brings_it_back(qtbot: QtBot, app: Desktop) -> None:
    say(qtbot, app, "One")
    say(qtbot, app, "Two")
    first = min(app.window.findChildren(Reply), key=lambda one: one.y())
    entry(first, "Delete from here on").trigger()
    assert texts(app) == ["One"]
    toast = app.window.page.toast
    assert toast.isVisible()
    assert "followed" in toast.accessibleName()
    toast.undo_chosen.emit()
    assert texts(app) == ["One", REPLY, "Two", REPLY]


def test_a_reply_is_edited_into_a_branch(qtbot: QtBot, app: Desktop) -> None:
    say(qtbot, app)
    reply = view(app, Reply)
    entry(reply, "Edit").trigger()
    assert reply.in_use
    (edit,) = [one for one in reply.findChildren(GrowingEdit) if one.isVisible()]
    assert edit.toPlainText() == REPLY
    edit.setPlainText("The sea is rough.")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    last = app.chat.messages()[-1]
    assert (last.message.text, last.branch, last.branches) == ("The sea is rough.", 2, 2)
    assert last.message.state is MessageState.COMPLETE
    app.conversations.undo()
    assert texts(app)[-1] == REPLY


def test_escape_leaves_the_reply_as_it_was(qtbot: QtBot, app: Desktop) -> None:
    say(qtbot, app)
    reply = view(app, Reply)
    entry(reply, "Edit").trigger()
    (box,) = [one for one in reply.findChildren(EditBox) if one.isVisible()]
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not reply.in_use
    assert app.chat.messages()[-1].branches == 1


def test_another_profile_is_loaded_and_answers_beside(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    say(qtbot, app)
    reply = view(app, Reply)
    reply.menu.aboutToShow.emit()
    (submenu,) = reply.menu.findChildren(QMenu)
    opener.session.reply = "Other words"
    submenu.actions()[0].trigger()
    qtbot.waitUntil(lambda: texts(app) == ["Hello", "Other words"] and app.chat.run is None)
    assert app.chat.messages()[-1].branches == 2
    assert app.profiles.active is not None
    assert app.profiles.active.name == "Other"


def test_a_profile_that_does_not_load_answers_nothing(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, other: Path
) -> None:
    say(qtbot, app)
    message = app.chat.messages()[0].message
    opener.error = ModelLoadFailed("The file is damaged.")
    with qtbot.waitSignal(app.pair.load_failed):
        app.window.page.message_actions.answer_by(message, "Other")
    opener.error = None
    app.pair.load()
    qtbot.waitUntil(lambda: app.pair.info is not None)
    assert app.chat.messages()[-1].branches == 1


def test_a_message_is_read_aloud_and_silenced(qtbot: QtBot, app: Desktop, tmp_path: Path) -> None:
    script = tmp_path / "speak.py"
    script.write_text("import time\nwhile True: time.sleep(1)")
    actions = app.window.page.message_actions
    program = SpeechProgram((sys.executable, str(script)))
    actions.speaker = Speaker(program, spoken_text, lambda _text: "en", app)
    say(qtbot, app)
    message = view(app, UserMessage)
    entry(message, "Read aloud").trigger()
    assert actions.speaker.message_id == app.chat.messages()[0].message.id
    entry(message, "Stop reading aloud").trigger()
    assert actions.speaker.message_id == ""
    assert actions.speaker.shutdown(20)


def test_a_program_that_fails_is_told_above_the_chat(qtbot: QtBot, app: Desktop) -> None:
    app.speaker._program = SpeechProgram(("/nowhere/speak",), name="speak")
    say(qtbot, app)
    entry(view(app, Reply), "Read aloud").trigger()
    banner = app.window.page.banner
    qtbot.waitUntil(banner.isVisible, timeout=20_000)
    assert any("speak cannot be started." in said.text() for said in banner.findChildren(QLabel))


def test_without_a_program_the_entry_says_why(qtbot: QtBot, app: Desktop) -> None:
    app.speaker._program = None
    say(qtbot, app)
    action = entry(view(app, Reply), "Read aloud")
    assert not action.isEnabled()
    assert action.toolTip() == app.window.page.message_actions.speaker.refusal


def test_comparing_begins_at_the_message(qtbot: QtBot, app: Desktop) -> None:
    say(qtbot, app)
    entry(view(app, Reply), "Compare two answers…").trigger()
    (dialog,) = app.window.findChildren(CompareDialog)
    assert dialog.prompt.toPlainText() == "Hello"
    assert dialog.prompt.isReadOnly()
    dialog.reject()


def test_the_menu_opens_from_the_keyboard(qtbot: QtBot, app: Desktop) -> None:
    say(qtbot, app)
    app.window.activateWindow()
    reply = view(app, Reply)
    reply.more.setFocus()
    at = reply.more.rect().center()
    pressed = QContextMenuEvent.Reason.Keyboard
    event = QContextMenuEvent(pressed, at, reply.more.mapToGlobal(at))
    QApplication.sendEvent(reply.more, event)
    qtbot.waitUntil(reply.menu.isVisible)
    QTest.keyClick(reply.menu, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not reply.menu.isVisible())

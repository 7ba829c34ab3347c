"""The composer: its keys, and that nothing typed is lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.error_text import ErrorAction
from desktop.views.composer import Composer
from desktop.views.composer_buttons import SendButton, StopButton
from desktop.views.growing_edit import GrowingEdit
from engine.config import Mode
from engine.errors import DiskTrouble
from tests.desktop.fakes import REPLY, FakeOpener


@pytest.fixture
def composer(app: Desktop) -> Composer:
    return app.window.page.composer


def texts(app: Desktop) -> list[str]:
    return [shown.message.text for shown in app.chat.messages()]


def test_enter_sends(qtbot: QtBot, app: Desktop, composer: Composer) -> None:
    QTest.keyClicks(composer.edit, "Hello")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(app) == ["Hello", REPLY])
    assert composer.edit.toPlainText() == ""


def test_shift_enter_breaks_the_line(app: Desktop, composer: Composer) -> None:
    QTest.keyClicks(composer.edit, "One")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(composer.edit, "Two")
    assert composer.edit.toPlainText() == "One\nTwo"
    assert texts(app) == []


def test_escape_stops_the_reply(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer
) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert app.chat.run is None


def test_escape_stops_the_reply_from_anywhere(app: Desktop, opener: FakeOpener) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    QTest.keyClick(app.window.sidebar.list, Qt.Key.Key_Escape)
    assert app.chat.run is None


def test_undo_brings_a_conversation_back_while_nothing_is_typed(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.commands.entry("conversation.trash").trigger()
    assert app.conversations.summaries() == []
    QTest.keyClick(composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(app.conversations.summaries()) == 1


def test_undo_is_the_fields_own_while_something_is_typed(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.commands.entry("conversation.trash").trigger()
    QTest.keyClicks(composer.edit, "typed")
    QTest.keyClick(composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.edit.toPlainText() == ""
    assert "Hello" not in [summary.title for summary in app.conversations.summaries()]


def test_stop_takes_the_place_of_send(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer
) -> None:
    send, stop = composer.findChild(SendButton), composer.findChild(StopButton)
    assert send is not None
    assert stop is not None
    assert send.isVisible()
    assert not stop.isVisible()
    opener.session.gate.close()
    app.chat.send("Hello")
    assert not send.isVisible()
    assert stop.isVisible()
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert app.chat.run is None
    assert send.isVisible()


def test_an_empty_message_cannot_be_sent(app: Desktop, composer: Composer) -> None:
    send = composer.findChild(SendButton)
    assert send is not None
    assert not send.isEnabled()
    composer.edit.setPlainText("x")
    assert send.isEnabled()


def test_what_the_disk_refuses_stays_in_the_field(
    app: Desktop, composer: Composer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise DiskTrouble("The disk is full, so the message is not saved yet.")

    composer.edit.setPlainText("Precious words")
    with monkeypatch.context() as disk:
        disk.setattr(app.store, "add_user_message", refuse)
        composer.submit()
    assert composer.edit.toPlainText() == "Precious words"
    assert app.window.page.banner.isVisible()
    assert app.window.page.banner.details.isHidden()  # there is no more to say
    assert "disk is full" in app.window.page.banner.accessibleName()
    app.window.page.banner.action_chosen.emit(ErrorAction.TRY_AGAIN)
    qtbot.waitUntil(lambda: texts(app) == ["Precious words", REPLY])
    assert composer.edit.toPlainText() == ""


def test_trying_again_sends_nothing_that_was_never_sent(app: Desktop, composer: Composer) -> None:
    composer.edit.setPlainText("half a thou")
    app.window.page.banner.action_chosen.emit(ErrorAction.TRY_AGAIN)
    assert texts(app) == []
    assert composer.edit.toPlainText() == "half a thou"


def test_unsent_text_belongs_to_its_conversation(app: Desktop, composer: Composer) -> None:
    composer.edit.setPlainText("half a thou")
    app.chat.open(None)
    assert composer.edit.toPlainText() == ""
    app.chat.open(app.conversations.summaries()[0].id)
    assert composer.edit.toPlainText() == "half a thou"


def test_the_field_grows_up_to_its_limit(app: Desktop, composer: Composer) -> None:
    one_line = composer.edit.height()
    composer.edit.setPlainText("a\nb\nc")
    three_lines = composer.edit.height()
    composer.edit.setPlainText("line\n" * 200)
    assert one_line < three_lines < composer.edit.height()
    assert composer.edit.height() <= app.window.page.height() * 0.4


def test_the_field_grows_where_lines_wrap(qtbot: QtBot, app: Desktop) -> None:
    edit = GrowingEdit(app.theme, "Text")
    qtbot.addWidget(edit)
    edit.setFixedWidth(200)
    edit.show()
    edit.setPlainText("short")
    before = edit.height()
    edit.setPlainText("a long line that has to wrap " * 4)
    assert edit.height() > before


def test_the_mode_is_shown(app: Desktop, composer: Composer, qtbot: QtBot) -> None:
    app.pair.speculate(mode=Mode.TREE)
    assert composer.findChild(SendButton) is not None
    names = {w.accessibleName() for w in composer.children() if hasattr(w, "accessibleName")}
    assert "Mode, Tree" in names


def test_menus_of_the_composer_open_from_where_their_words_begin(
    qtbot: QtBot, composer: Composer
) -> None:
    """Right-aligned, as they were, they covered the sidebar."""
    for button in (composer.preset.button, composer.mode):
        menu = button.menu()
        corners: list[int] = []
        menu.aboutToHide.connect(lambda menu=menu, at=corners: at.append(menu.x()))
        QTimer.singleShot(0, button.showMenu)
        qtbot.waitUntil(menu.isVisible)
        menu.hide()
        room = menu.screen().geometry().right() + 1 - menu.width()
        assert corners == [min(button.mapToGlobal(QPoint(0, 0)).x(), room)]
        assert menu.layoutDirection() is Qt.LayoutDirection.LeftToRight


def test_a_long_message_leaves_its_warning_legible_in_the_smallest_window(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    """The examples of an empty chat kept their room, and the words were painted over the field."""
    app.window.resize(app.window.minimumSize())
    app.window.page.banner.show_notice("Something is to be told, in more than one line. " * 3)
    composer.edit.setPlainText("far too much\n" * 20_000)
    qtbot.waitUntil(composer.words.isVisible)
    field, words = composer.edit.geometry, composer.words.geometry
    qtbot.waitUntil(lambda: field().height() > 3 * composer.edit.fontMetrics().lineSpacing())
    qtbot.waitUntil(lambda: field().bottom() < words().top())
    qtbot.waitUntil(lambda: words().bottom() < composer.mode.geometry().top())


def test_many_files_scroll_beside_the_field(
    qtbot: QtBot, app: Desktop, composer: Composer, tmp_path: Path
) -> None:
    files = [tmp_path / f"notes {number}.txt" for number in range(40)]
    for file in files:
        file.write_text("a note", encoding="utf-8")
    app.files.add(files)
    qtbot.waitUntil(lambda: app.files.is_settled and len(composer.chips.chips) == 40)
    assert composer.chips.verticalScrollBar().maximum() > 0
    assert composer.chips.height() < app.window.height() / 4

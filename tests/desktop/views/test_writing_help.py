"""What helps while one writes: history, commands behind a slash, templates, presets."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.values import Setup
from desktop.presets import presets
from desktop.prompt_templates import PromptTemplate
from desktop.views.composer import Composer
from desktop.views.conversation_setup import SetupDialog
from desktop.views.slash_menu import SlashMenu
from engine.config import SamplingConfig
from engine.errors import DiskTrouble
from tests.desktop.fakes import FakeOpener
from tests.desktop.views.test_accessibility import focusable, nameless


@pytest.fixture
def composer(app: Desktop, qtbot: QtBot) -> Composer:
    app.window.activateWindow()
    composer = app.window.page.composer
    composer.edit.setFocus()
    qtbot.waitUntil(composer.edit.hasFocus)
    return composer


def press(composer: Composer, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(composer.edit, key)


def menu(app: Desktop) -> SlashMenu:
    (found,) = app.window.findChildren(SlashMenu)
    return found


def offered(app: Desktop) -> list[str]:
    shown = menu(app)
    return [shown.item(row).data(Qt.ItemDataRole.UserRole).name for row in range(shown.count())]


def send(qtbot: QtBot, app: Desktop, text: str) -> None:
    app.window.page.composer.edit.setPlainText(text)
    app.window.page.composer.submit()
    qtbot.waitUntil(lambda: app.chat.run is None)


def test_up_and_down_go_through_what_was_sent(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    send(qtbot, app, "First")
    send(qtbot, app, "Second")
    QTest.keyClicks(composer.edit, "half a thou")
    press(composer, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == "Second"
    press(composer, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == "First"
    press(composer, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert composer.edit.toPlainText() == "half a thou"


def test_up_moves_the_caret_where_there_is_a_line_above(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    send(qtbot, app, "Sent")
    composer.edit.setPlainText("one\ntwo")
    composer.edit.move_to_end()
    press(composer, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == "one\ntwo"
    assert composer.edit.textCursor().blockNumber() == 0
    press(composer, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == "Sent"
    press(composer, Qt.Key.Key_Down)
    assert composer.edit.toPlainText() == "one\ntwo"


def test_up_moves_the_caret_where_a_line_wraps(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    send(qtbot, app, "Sent")
    long = "words that have to wrap " * 12
    composer.edit.setPlainText(long)
    composer.edit.move_to_end()
    press(composer, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == long
    for _ in range(20):
        press(composer, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == "Sent"


def test_history_does_not_show_what_is_in_the_trash(
    qtbot: QtBot, app: Desktop, composer: Composer
) -> None:
    send(qtbot, app, "Secret")
    app.window.commands.entry("conversation.trash").trigger()
    press(composer, Qt.Key.Key_Up)
    assert composer.edit.toPlainText() == ""


def test_a_slash_opens_a_list_and_enter_takes_from_it(app: Desktop, composer: Composer) -> None:
    QTest.keyClicks(composer.edit, "/")
    assert menu(app).isVisible()
    assert {"/summarise", "/translate", "/system", "/model", "/import"} <= set(offered(app))
    assert "/export" not in offered(app)  # there is no conversation yet
    QTest.keyClicks(composer.edit, "sys")
    assert offered(app) == ["/system"]
    press(composer, Qt.Key.Key_Return)
    assert not menu(app).isVisible()
    assert composer.edit.toPlainText() == ""
    assert len(composer.findChildren(SetupDialog)) == 1
    assert app.chat.messages() == []


def test_the_list_is_gone_through_with_arrows_and_left_with_escape(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer
) -> None:
    QTest.keyClicks(composer.edit, "/")
    shown = menu(app)
    press(composer, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert shown.currentRow() == 1
    press(composer, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert shown.currentRow() == shown.count() - 1
    press(composer, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    QTest.keyClicks(composer.edit, "tree")
    assert not shown.isVisible()
    press(composer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert opener.session.asked[0][-1].content == "/tree"


def test_what_no_command_begins_with_is_an_ordinary_message(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer
) -> None:
    QTest.keyClicks(composer.edit, "/etc/fstab")
    assert not menu(app).isVisible()
    press(composer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert opener.session.asked[0][-1].content == "/etc/fstab"


def test_a_template_asks_for_its_variables(app: Desktop, composer: Composer) -> None:
    text = "Explain {{topic}} (😀) to {{whom}}: {{clipboard}}"
    app.templates.save([PromptTemplate("Explain", text)])
    QGuiApplication.clipboard().setText("copied")
    QTest.keyClicks(composer.edit, "/expl")
    press(composer, Qt.Key.Key_Tab)
    assert composer.edit.toPlainText() == "Explain {{topic}} (😀) to {{whom}}: copied"
    assert composer.edit.textCursor().selectedText() == "{{topic}}"
    press(composer, Qt.Key.Key_Tab)
    assert composer.edit.textCursor().selectedText() == "{{whom}}"
    press(composer, Qt.Key.Key_Backtab)
    assert composer.edit.textCursor().selectedText() == "{{topic}}"
    QTest.keyClicks(composer.edit, "tides")
    press(composer, Qt.Key.Key_Tab)
    assert composer.edit.textCursor().selectedText() == "{{whom}}"
    QTest.keyClicks(composer.edit, "a child")
    assert composer.edit.toPlainText() == "Explain tides (😀) to a child: copied"
    press(composer, Qt.Key.Key_Tab)
    assert not composer.edit.hasFocus()


def test_variables_that_were_only_typed_do_not_hold_tab(app: Desktop, composer: Composer) -> None:
    QTest.keyClicks(composer.edit, "What is {{x}}")
    press(composer, Qt.Key.Key_Tab)
    assert not composer.edit.hasFocus()


def test_templates_are_added_changed_and_removed(app: Desktop, composer: Composer) -> None:
    app.templates.save([PromptTemplate("One", "1"), PromptTemplate("Two", "2")])
    dialog = composer.open_templates()
    dialog.list.setCurrentRow(1)
    dialog.remove.click()
    dialog.name.setText("Uno")
    dialog.name.textEdited.emit("Uno")
    dialog.add.click()
    dialog.name.setText("Three")
    dialog.name.textEdited.emit("Three")
    dialog.text.setPlainText("3")
    dialog.add.click()
    dialog.use.click()
    kept = [PromptTemplate("Uno", "1"), PromptTemplate("Three", "3")]
    assert app.templates.templates() == kept
    assert "Three" in app.templates.file.read_text("utf-8")


def test_a_dialog_that_the_disk_refuses_stays_open(
    app: Desktop, composer: Composer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DiskTrouble("The disk is full.")

    dialog = composer.open_templates()
    monkeypatch.setattr("desktop.prompt_templates.write_toml", refuse)
    dialog.keep.click()
    assert dialog.isVisible()
    assert "disk is full" in app.window.page.banner.accessibleName()
    dialog.reject()


def test_a_broken_file_is_told_and_leaves_the_commands(app: Desktop, composer: Composer) -> None:
    Path(app.templates.file).write_text("template = [")
    QTest.keyClicks(composer.edit, "/sys")
    assert offered(app) == ["/system"]
    assert "templates.toml" in app.window.page.banner.accessibleName()


def test_a_preset_sets_the_conversation_up(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, composer: Composer
) -> None:
    coding = next(preset for preset in presets() if preset.id == "coding")
    assert composer.preset.button.accessibleName() == "Preset, Chat"
    composer.preset.choose(coding)
    assert composer.preset.button.accessibleName() == "Preset, Coding"
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert opener.session.asked[0][0].content == coding.setup.system_prompt
    assert opener.session.samplings[0] == coding.setup.sampling
    app.chat.open(None)
    assert composer.preset.button.accessibleName() == "Preset, Chat"


def test_a_preset_in_place_of_own_words_is_taken_back(app: Desktop, composer: Composer) -> None:
    app.chat.set_up(Setup("Be a pirate."))
    assert composer.preset.button.accessibleName() == "Preset, Own"
    composer.preset.choose(presets()[1])
    assert app.window.page.toast.isVisible()
    app.window.page.toast.undo_chosen.emit()
    assert app.chat.setup() == Setup("Be a pirate.")
    assert composer.preset.button.accessibleName() == "Preset, Own"


def test_sampling_is_changed_and_reset_value_by_value(app: Desktop, composer: Composer) -> None:
    own = SamplingConfig(temperature=0.333, seed=7, stop=("\n\n", "END"))
    app.chat.set_up(Setup("", own))
    dialog = composer.open_setup()
    assert dialog.setup.sampling == own
    panel = dialog.panel
    panel.repeat_penalty.setValue(1.1)
    panel.seed.clear()
    panel.stop.setText("STOP")
    panel.stop.textEdited.emit("STOP")
    changed = dialog.setup.sampling
    assert changed == SamplingConfig(temperature=0.333, repeat_penalty=1.1, stop=("STOP",))
    reset = panel.findChildren(type(panel._resets["temperature"]))
    shown = {button.accessibleName() for button in reset if not button.isHidden()}
    assert shown == {"Reset Temperature", "Reset Repetition penalty", "Reset Stop at"}
    panel._resets["temperature"].click()
    assert panel.sampling.temperature == pytest.approx(0.7)
    dialog.reset.click()
    assert dialog.setup == Setup()
    assert not dialog.reset.isEnabled()
    dialog.reject()


def test_a_preset_fills_the_dialog(app: Desktop, composer: Composer) -> None:
    dialog = composer.open_setup()
    row = dialog.preset.findData("exact")
    dialog.preset.setCurrentIndex(row)
    dialog.preset.activated.emit(row)
    assert dialog.setup == presets()[-1].setup
    dialog.prompt.setPlainText("Own words")
    assert dialog.preset.currentText() == "Own"
    dialog.reject()


def test_every_control_of_the_dialogs_has_a_name(app: Desktop, composer: Composer) -> None:
    for dialog in (composer.open_setup(), composer.open_templates()):
        assert len(list(focusable(dialog))) > 5
        assert nameless(dialog) == []
        dialog.reject()

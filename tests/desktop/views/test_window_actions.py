"""The actions of the window: keys, menus, F1, the palette and the shortcuts page say the same."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QKeySequenceEdit, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.actions import native, shown_keys
from desktop.app import Desktop
from desktop.appearance_settings import THEME, ZOOM
from desktop.setting import Page
from desktop.theme import ThemeChoice
from desktop.views.palette_dialog import PaletteDialog
from desktop.views.setting_row import SettingRow
from desktop.views.settings_dialog import SettingsDialog
from desktop.views.shortcuts_dialog import ShortcutsDialog

CTRL = Qt.KeyboardModifier.ControlModifier


def test_no_two_actions_share_a_key_and_none_is_fixed(app: Desktop) -> None:
    for action in app.window.commands.all:
        value = app.settings.get(action.keys)
        assert app.window.commands.refuse(action.keys, value) == ""


def test_what_needs_a_stored_conversation_is_off_without_one(qtbot: QtBot, app: Desktop) -> None:
    entry = app.window.commands.entry("conversation.rename")
    assert not entry.isEnabled()
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: app.chat.run is None)
    assert entry.isEnabled()


def test_f1_lists_every_shortcut(app: Desktop) -> None:
    QTest.keyClick(app.window, Qt.Key.Key_F1)
    dialog = app.window.findChildren(ShortcutsDialog)[-1]
    said = {one.text() for one in dialog.findChildren(QLabel)}
    for action in app.window.commands.all:
        if shown_keys(action.entry):
            assert {action.words, shown_keys(action.entry)} <= said
    dialog.reject()


def test_the_shortcuts_page_has_a_row_for_each_and_refuses_conflicts(app: Desktop) -> None:
    dialog = app.window.open_settings(Page.SHORTCUTS)
    rows = {row.setting.key: row for row in dialog.sections[Page.SHORTCUTS].rows}
    assert list(rows) == [action.id for action in app.window.commands.all]
    press_keys(rows["view.tree"], "N")
    assert "New conversation" in rows["view.tree"].trouble
    press_keys(rows["view.tree"], "J")
    assert rows["view.tree"].trouble == ""
    assert shown_keys(app.window.commands.entry("view.tree")) == "Ctrl+J"
    assert "Ctrl+J" in app.window.page.header.tree_button.toolTip()
    dialog.reject()


def press_keys(row: SettingRow, letter: str) -> None:
    edit = row.control.widget
    edit.setFocus()
    QTest.keyClick(edit, getattr(Qt.Key, f"Key_{letter}"), CTRL)


def test_the_big_key_has_one_name(app: Desktop) -> None:
    assert (native("Return"), native("Enter")) == ("Enter", "Enter")
    assert native("Shift+Return").endswith("Enter")


def test_a_field_for_keys_invites_in_our_words_also_when_it_was_cleared(app: Desktop) -> None:
    dialog = app.window.dialogs.open_settings(Page.SHORTCUTS)
    rows = dialog.sections[Page.SHORTCUTS].rows
    fields = [row.findChild(QLineEdit) for row in rows]
    words = {field.placeholderText() for field in fields if isinstance(field, QLineEdit)}
    assert words == {"Press keys"}
    edit = rows[0].findChild(QKeySequenceEdit)
    assert isinstance(edit, QKeySequenceEdit)
    edit.clear()
    assert {field.placeholderText() for field in fields if isinstance(field, QLineEdit)} == words
    dialog.reject()


def test_the_palette_opens_and_runs_by_keys_alone(qtbot: QtBot, app: Desktop) -> None:
    QTest.keyClick(app.window, Qt.Key.Key_K, CTRL)
    palette = app.window.findChildren(PaletteDialog)[-1]
    QTest.keyClicks(palette.field, "theme dark")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert app.settings.get(THEME) == ThemeChoice.DARK
    assert app.theme.is_dark
    assert not palette.isVisible()
    app.settings.set(THEME, THEME.default)


def test_the_palette_goes_up_and_down_and_says_when_nothing_matches(app: Desktop) -> None:
    palette = app.window.dialogs.open_palette()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == 0
    QTest.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() > 1
    palette.field.setText("qqqq")
    assert palette.offered == []
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.reject()


def test_the_palette_finds_conversations(qtbot: QtBot, app: Desktop) -> None:
    app.chat.send("How do tides work")
    qtbot.waitUntil(lambda: app.chat.run is None)
    tides = app.chat.conversation_id
    app.window.desk.new()
    palette = app.window.dialogs.open_palette()
    palette.field.setText("tides")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert app.chat.conversation_id == tides


def test_the_palette_goes_to_a_row_of_the_settings(app: Desktop) -> None:
    palette = app.window.dialogs.open_palette()
    palette.field.setText("context")
    row = palette.offered.index("Context")
    palette.list.setCurrentIndex(palette.list.model().index(row, 0))
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    dialog = app.window.findChildren(SettingsDialog)[-1]
    assert dialog.sections[Page.MODELS].isVisible()
    dialog.reject()


def test_what_was_chosen_last_is_first_also_after_a_restart(
    app: Desktop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    palette = app.window.dialogs.open_palette()
    palette.field.setText("copy diagnostics")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    state = QSettings(
        str(tmp_path_factory.mktemp("state") / "window.ini"), QSettings.Format.IniFormat
    )
    app.window.dialogs.save_state(state)
    app.window.dialogs.restore_state(state)
    again = app.window.dialogs.open_palette()
    assert again.offered[0] == "Copy diagnostics"
    again.reject()
    assert "outrider" in QApplication.clipboard().text()


def test_zoom_scales_messages_between_its_limits(app: Desktop) -> None:
    edit = app.window.page.composer.edit
    usual = edit.font().pointSizeF()
    QTest.keyClick(app.window, Qt.Key.Key_Plus, CTRL)
    assert app.settings.get(ZOOM) == 110
    assert edit.font().pointSizeF() == pytest.approx(usual * 1.1)
    for _ in range(20):
        QTest.keyClick(app.window, Qt.Key.Key_Minus, CTRL)
    assert app.settings.get(ZOOM) == 80
    QTest.keyClick(app.window, Qt.Key.Key_0, CTRL)
    assert edit.font().pointSizeF() == pytest.approx(usual)


def test_f6_goes_round_the_parts_of_the_window(app: Desktop) -> None:
    window = app.window
    window.activateWindow()
    window.page.composer.edit.setFocus()
    reached = []
    for _ in range(3):
        QTest.keyClick(window, Qt.Key.Key_F6)
        reached.append(QApplication.focusWidget())
    assert reached == [
        window.sidebar.list,
        window.page.header.pair_button,
        window.page.composer.edit,
    ]
    window.side.show_tree(shown=True)
    QTest.keyClick(window, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is window.tree.slider

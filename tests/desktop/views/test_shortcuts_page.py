"""The page of the shortcuts as a person uses it: by keys, by the mouse, one back, all back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.setting import Page
from desktop.views.keys_field import KeysField
from desktop.views.setting_row import SettingRow
from desktop.views.settings_dialog import SettingsDialog
from desktop.views.shortcuts_part import ShortcutsPart
from engine.errors import DiskTrouble

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(app: Desktop) -> SettingsDialog:
    return app.window.open_settings(Page.SHORTCUTS)


def row(page: SettingsDialog, key: str) -> SettingRow:
    return next(one for one in page.sections[Page.SHORTCUTS].rows if one.setting.key == key)


def field(page: SettingsDialog, key: str) -> KeysField:
    widget = row(page, key).control.widget
    assert isinstance(widget, KeysField)
    return widget


def keys(app: Desktop, action: str) -> str:
    return (
        app.window.commands.entry(action)
        .shortcut()
        .toString(QKeySequence.SequenceFormat.PortableText)
    )


def press(
    page: SettingsDialog,
    action: str,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """And let go, which ends it."""
    edit = field(page, action)
    edit.setFocus()
    QTest.keyClick(edit, key, modifiers)
    QApplication.processEvents()


def test_pressed_keys_count_at_once(qtbot: QtBot, app: Desktop, page: SettingsDialog) -> None:
    press(page, "conversation.new", Qt.Key.Key_Y, CONTROL)
    qtbot.waitUntil(lambda: keys(app, "conversation.new") == "Ctrl+Y")
    assert not row(page, "conversation.new").trouble


@pytest.mark.parametrize(
    ("keys_pressed", "why"),
    [
        ((Qt.Key.Key_E, CONTROL), "is taken by “Export”"),
        ((Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier), "other keys write"),
    ],
)
def test_refused_keys_are_told_and_the_former_ones_stay(
    qtbot: QtBot,
    app: Desktop,
    page: SettingsDialog,
    keys_pressed: tuple[Qt.Key, Qt.KeyboardModifier],
    why: str,
) -> None:
    press(page, "conversation.new", *keys_pressed)
    qtbot.waitUntil(lambda: why in row(page, "conversation.new").trouble)
    assert keys(app, "conversation.new") == "Ctrl+N"
    assert field(page, "conversation.new").keySequence() == QKeySequence("Ctrl+N")


def test_escape_is_no_shortcut_and_closes_the_settings(app: Desktop, page: SettingsDialog) -> None:
    press(page, "conversation.new", Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert keys(app, "conversation.new") == "Ctrl+N"


def test_the_cross_takes_the_keys_away_at_once(app: Desktop, page: SettingsDialog) -> None:
    (cross,) = field(page, "conversation.new").findChildren(QToolButton)
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert keys(app, "conversation.new") == ""
    assert app.window.commands.refuse(row(page, "conversation.rename").setting, "Ctrl+N") == ""


def test_all_come_back_also_where_two_were_exchanged(app: Desktop, page: SettingsDialog) -> None:
    part = page.findChild(ShortcutsPart)
    assert part is not None
    assert not part.reset.isEnabled()
    new, export = (row(page, f"conversation.{one}").setting for one in ("new", "export"))
    app.settings.set(new, "Ctrl+E")
    app.settings.set(export, "Ctrl+N")
    part.reset.click()
    assert [keys(app, f"conversation.{one}") for one in ("new", "export")] == ["Ctrl+N", "Ctrl+E"]
    assert not part.reset.isEnabled()


def test_a_disk_that_refuses_is_told(
    app: Desktop, page: SettingsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = page.findChild(ShortcutsPart)
    assert part is not None
    app.settings.set(row(page, "conversation.new").setting, "Ctrl+Y")

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise DiskTrouble("The settings cannot be written.", hint="Free some space.")

    monkeypatch.setattr(app.settings, "set", refuse)
    part.reset.click()
    assert part._trouble.text() == "The settings cannot be written. Free some space."
    assert part.reset.isEnabled()


def test_fields_are_equally_wide_with_and_without_keys(page: SettingsDialog) -> None:
    assert field(page, "conversation.new").width() == field(page, "conversation.rename").width()

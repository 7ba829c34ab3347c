"""The settings dialog: rows from the table, a search over them, only what differs is stored."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.appearance_settings import ACCENT, DENSITY, TEXT_SIZE, THEME
from desktop.setting import Choice, Page, Setting
from desktop.settings import BUDGET, CONTEXT, MODE, NOTIFY, SETTINGS, Settings
from desktop.theme import Theme, ThemeChoice
from desktop.views.setting_row import SettingRow
from desktop.views.settings_dialog import SettingsDialog
from desktop.views.settings_parts import privacy_part
from desktop.views.value_controls import ChoiceBox, NumberBox, Switch
from engine.config import Mode
from engine.errors import DiskTrouble
from tests.desktop.fakes import FakeOpener
from tests.desktop.views.conversations import converse


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.toml")


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, settings: Settings) -> Iterator[SettingsDialog]:
    parts = {Page.PRIVACY: lambda: privacy_part(theme)}
    dialog = SettingsDialog(theme, settings, parts)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.reject()


def row_of(dialog: SettingsDialog, setting: Setting[Any]) -> SettingRow:
    assert setting.page
    return next(row for row in dialog.sections[setting.page].rows if row.setting == setting)


def shown(dialog: SettingsDialog) -> list[str]:
    rows = dialog.findChildren(SettingRow)
    return [row.setting.label for row in rows if row.isVisible()]


def reset_button(row: SettingRow) -> QAbstractButton:
    (button,) = [
        one
        for one in row.findChildren(QAbstractButton)
        if one.accessibleName() == f"Reset: {row.setting.label}"
    ]
    return button


@pytest.mark.parametrize(
    "setting", [one for one in SETTINGS if one.page], ids=lambda setting: setting.key
)
def test_every_row_says_what_it_is_and_why(setting: Setting[Any]) -> None:
    assert setting.label
    assert setting.sentence.endswith(".")


def test_every_setting_with_a_page_has_a_row(dialog: SettingsDialog) -> None:
    labels = {row.setting.label for row in dialog.findChildren(SettingRow)}
    assert labels == {setting.label for setting in SETTINGS if setting.page}


def test_pages_show_one_at_a_time_and_empty_ones_are_not_listed(dialog: SettingsDialog) -> None:
    listed = [dialog.pages.item(row).text() for row in range(dialog.pages.count())]
    assert listed == [page.value for page in Page if page not in (Page.DEVICES, Page.SHORTCUTS)]
    dialog.show_page(Page.SPECULATION)
    assert shown(dialog) == [one.label for one in SETTINGS if one.page is Page.SPECULATION]


def test_the_search_finds_rows_of_every_page(dialog: SettingsDialog) -> None:
    QTest.keyClicks(dialog.search, "system")
    assert {THEME.label, TEXT_SIZE.label, NOTIFY.label} <= set(shown(dialog))
    assert BUDGET.label not in shown(dialog)
    dialog.search.setText("nodes tree")
    assert shown(dialog) == [BUDGET.label]


def test_the_search_finds_a_whole_page_by_its_name_and_parts_by_their_words(
    dialog: SettingsDialog,
) -> None:
    dialog.search.setText("speculation")
    assert {MODE.label, BUDGET.label} <= set(shown(dialog))
    dialog.search.setText("network")
    assert dialog.sections[Page.PRIVACY].isVisible()


def test_a_search_without_hits_says_so_and_escape_ends_it_before_the_dialog(
    dialog: SettingsDialog,
) -> None:
    dialog.search.setText("blockchain")
    assert shown(dialog) == []
    said = [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]
    assert "No setting contains “blockchain”." in said
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert THEME.label in shown(dialog)
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_enter_in_the_search_changes_nothing(dialog: SettingsDialog) -> None:
    QTest.keyClicks(dialog.search, "mode")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert shown(dialog)


def test_a_choice_is_stored_at_once_and_only_while_it_differs(
    dialog: SettingsDialog, settings: Settings, tmp_path: Path
) -> None:
    row = row_of(dialog, ACCENT)
    box = row.control.widget
    assert isinstance(box, ChoiceBox)
    box.setCurrentIndex(box.findData("plum"))
    assert tomllib.loads((tmp_path / "settings.toml").read_text()) == {
        "appearance": {"accent": "plum"}
    }
    assert row.accessibleName() == "Accent, changed"
    QTest.mouseClick(reset_button(row), Qt.MouseButton.LeftButton)
    assert settings.get(ACCENT) == ACCENT.default
    assert (tmp_path / "settings.toml").read_text() == ""
    assert box.currentData() == ACCENT.default
    assert row.accessibleName() == "Accent"
    assert not reset_button(row).isVisible()


def test_numbers_step_and_switches_toggle(dialog: SettingsDialog, settings: Settings) -> None:
    number = row_of(dialog, TEXT_SIZE).control.widget
    assert isinstance(number, NumberBox)
    more = next(
        one
        for one in number.findChildren(QAbstractButton)
        if one.accessibleName() == "Text size: more"
    )
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    assert settings.get(TEXT_SIZE) == 110
    switch = row_of(dialog, NOTIFY).control.widget
    assert isinstance(switch, Switch)
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert not settings.get(NOTIFY)


def test_a_value_set_elsewhere_shows_in_its_row(dialog: SettingsDialog, settings: Settings) -> None:
    settings.set(MODE, Mode.TREE.value)
    box = row_of(dialog, MODE).control.widget
    assert isinstance(box, ChoiceBox)
    assert box.currentText() == "Tree"


def test_a_disk_that_fails_is_said_in_the_row_and_the_old_value_stays(
    dialog: SettingsDialog, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(setting: Setting[Any], value: object) -> None:
        raise DiskTrouble("The setting could not be saved.", hint="Check the free space.")

    monkeypatch.setattr(settings, "set", fail)
    row = row_of(dialog, DENSITY)
    box = row.control.widget
    assert isinstance(box, ChoiceBox)
    box.setCurrentIndex(box.findData("compact"))
    assert row.trouble == "The setting could not be saved. Check the free space."
    assert box.currentData() == DENSITY.default


def test_a_refused_value_is_not_stored(qtbot: QtBot, theme: Theme, settings: Settings) -> None:
    row = SettingRow(theme, settings, ACCENT, lambda _setting, _value: "It is taken.")
    qtbot.addWidget(row)
    row.show()
    box = row.control.widget
    assert isinstance(box, ChoiceBox)
    box.setCurrentIndex(box.findData("moss"))
    assert row.trouble == "It is taken."
    assert settings.get(ACCENT) == box.currentData() == ACCENT.default


def test_accents_of_the_table_are_those_of_the_tokens(theme: Theme) -> None:
    assert isinstance(ACCENT.kind, Choice)
    assert set(ACCENT.kind.words) == {ACCENT.default, *theme.tokens.accents}


def test_the_look_follows_the_settings_at_once(app: Desktop) -> None:
    composer = app.window.page.composer.edit
    points = composer.font().pointSizeF()
    app.settings.set(THEME, ThemeChoice.DARK.value)
    app.settings.set(ACCENT, "moss")
    app.settings.set(TEXT_SIZE, 150)
    assert app.theme.is_dark
    assert (
        app.theme.color("accent").name().upper()
        == app.theme.tokens.accents["moss"]["dark"]["accent"]
    )
    assert composer.font().pointSizeF() == pytest.approx(points * 1.5)
    app.theme.wear(type(app.theme.look)())


def test_the_mode_counts_from_the_next_reply_wherever_it_is_set(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    session = opener.session
    session.gate.close()
    app.chat.send("Hello")
    qtbot.waitUntil(lambda: len(session.asked) == 1)
    app.settings.set(MODE, Mode.OFF.value)
    session.gate.step(2)
    qtbot.waitUntil(lambda: app.chat.run is not None and app.chat.run.message.text != "")
    assert session.used == []
    session.gate.open()
    qtbot.waitUntil(lambda: app.chat.run is None)
    converse(qtbot, app, "And now?")
    assert [used.mode for used in session.used] == [Mode.OFF]
    assert not app.pair.waits_for_reload


def test_a_longer_context_waits_until_the_models_are_loaded_again(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    dialog = app.window.open_settings(Page.MODELS)
    again = next(one for one in dialog.findChildren(QAbstractButton) if one.text() == "Load again")
    assert not again.isVisible()
    app.settings.set(CONTEXT, 8192)
    assert app.pair.waits_for_reload
    assert again.isVisible()
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not again.isVisible())
    qtbot.waitUntil(lambda: opener.requests[-1].context_length == 8192)
    dialog.reject()

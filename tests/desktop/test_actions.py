"""The registry of actions: shortcuts are settings, conflicts are refused with a sentence."""

import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import FIXED_KEYS, Actions, Group
from desktop.setting import Setting
from desktop.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.toml")


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def actions(qtbot: QtBot, settings: Settings, done: list[str]) -> Actions:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(settings, window)
    actions.add("a.new", "New…", lambda: done.append("new"), "Ctrl+N", group=Group.VIEW)
    actions.add(
        "a.zoom",
        "Larger & wider",
        lambda: done.append("zoom"),
        "Ctrl++",
        group=Group.VIEW,
        also="Ctrl+=",
    )
    actions.add("a.none", "Rare", lambda: done.append("rare"), group=Group.CHAT)
    return actions


def keys(actions: Actions, id_: str) -> list[str]:
    portable = QKeySequence.SequenceFormat.PortableText
    return [one.toString(portable) for one in actions.entry(id_).shortcuts()]


def setting_of(actions: Actions, id_: str) -> Setting[str]:
    return next(one.keys for one in actions.all if one.id == id_)


def test_triggering_an_entry_does_the_thing_once(actions: Actions, done: list[str]) -> None:
    actions.entry("a.new").trigger()
    assert done == ["new"]


def test_words_are_said_without_what_menus_need(actions: Actions) -> None:
    assert [one.words for one in actions.all] == ["New", "Larger & wider", "Rare"]


def test_groups_hold_their_members_in_order(actions: Actions) -> None:
    assert [one.id for one in actions.grouped[Group.VIEW]] == ["a.new", "a.zoom"]


def test_a_shortcut_is_a_setting_and_counts_at_once(
    actions: Actions, settings: Settings, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(actions.rekeyed):
        settings.set(setting_of(actions, "a.new"), "Ctrl+Alt+N")
    assert keys(actions, "a.new") == ["Ctrl+Alt+N"]
    stored = tomllib.loads((tmp_path / "settings.toml").read_text())
    assert stored == {"shortcuts": {"a.new": "Ctrl+Alt+N"}}


def test_none_is_a_choice_too(actions: Actions, settings: Settings) -> None:
    settings.set(setting_of(actions, "a.new"), "")
    assert keys(actions, "a.new") == []


def test_the_second_key_goes_with_the_default_only(actions: Actions, settings: Settings) -> None:
    assert keys(actions, "a.zoom") == ["Ctrl++", "Ctrl+="]
    settings.set(setting_of(actions, "a.zoom"), "Ctrl+Y")
    assert keys(actions, "a.zoom") == ["Ctrl+Y"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Ctrl+N", "is taken by “New”"),
        ("Ctrl+=", "is taken by “Larger & wider”"),
        ("N", "needs Ctrl, Alt or a function key"),
        ("Shift+N", "needs Ctrl, Alt or a function key"),
        ("Ctrl+C", "has a fixed use: Copy"),
        ("F2", "has a fixed use"),
    ],
)
def test_conflicts_are_refused_with_a_sentence(actions: Actions, wanted: str, said: str) -> None:
    assert said in actions.refuse(setting_of(actions, "a.none"), wanted)


@pytest.mark.parametrize("wanted", ["", "F9", "Ctrl+Alt+R", "Alt+R"])
def test_free_keys_are_taken(actions: Actions, wanted: str) -> None:
    assert actions.refuse(setting_of(actions, "a.none"), wanted) == ""


def test_its_own_key_is_no_conflict(actions: Actions) -> None:
    assert actions.refuse(setting_of(actions, "a.new"), "Ctrl+N") == ""


def test_a_nonsense_shortcut_in_the_file_is_none(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[shortcuts]\n"a.new" = "Hyper+Wonder"\n')
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(Settings(tmp_path / "settings.toml"), window)
    entry = actions.add("a.new", "New", lambda: None, "Ctrl+N", group=Group.VIEW)
    assert entry.shortcut().toString() in ("", "Hyper+Wonder")


def test_fixed_keys_are_written_as_qt_writes_them() -> None:
    portable = QKeySequence.SequenceFormat.PortableText
    for one in FIXED_KEYS:
        assert QKeySequence(one, portable).toString(portable) == one

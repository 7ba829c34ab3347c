"""Settings: defaults, overrides only, damaged files, a full disk."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from desktop.appearance_settings import THEME
from desktop.setting import Setting
from desktop.settings import BUDGET, MODE, SETTINGS, TARGET, Settings
from engine.errors import DiskTrouble


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_every_default_is_possible(setting: Setting[Any]) -> None:
    assert setting.accepts(setting.default)


def test_values_survive_a_restart(path: Path) -> None:
    Settings(path).set(BUDGET, 32)
    assert Settings(path).get(BUDGET) == 32


def test_only_overrides_are_stored(path: Path) -> None:
    settings = Settings(path)
    settings.set(TARGET, "/models/a.gguf")
    settings.set(MODE, "tree")
    settings.set(MODE, MODE.default)
    assert tomllib.loads(path.read_text()) == {"models": {"target": "/models/a.gguf"}}


@pytest.mark.parametrize(
    "text",
    ["[speculation]\nbudget = 9000", '[speculation]\nbudget = "many"', "speculation = 3"],
)
def test_impossible_values_fall_back_to_the_default(path: Path, text: str) -> None:
    path.write_text(text)
    settings = Settings(path)
    assert settings.get(BUDGET) == BUDGET.default
    assert settings.notice is None


def test_a_table_of_the_wrong_kind_is_replaced(path: Path) -> None:
    path.write_text("speculation = 3")
    Settings(path).set(BUDGET, 8)
    assert Settings(path).get(BUDGET) == 8


def test_unknown_entries_are_kept(path: Path) -> None:
    path.write_text('[later]\nkey = "kept"\n')
    Settings(path).set(THEME, "dark")
    assert tomllib.loads(path.read_text())["later"] == {"key": "kept"}


@pytest.mark.parametrize("damage", [b"not = = toml", b"\xff\xfe\x00"])
def test_a_damaged_file_is_set_aside_and_said(path: Path, damage: bytes) -> None:
    path.write_bytes(damage)
    settings = Settings(path)
    assert settings.notice is not None
    assert settings.get(THEME) == THEME.default
    assert path.with_suffix(".damaged.toml").read_bytes() == damage


def test_a_failing_disk_is_said_and_keeps_the_former_value(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "no such folder" / "settings.toml")
    with pytest.raises(DiskTrouble):
        settings.set(BUDGET, 8)
    assert settings.get(BUDGET) == BUDGET.default

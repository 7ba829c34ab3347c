"""Where the models of six other apps are found, by platform, variables and the apps' settings."""

import json
import os
from pathlib import Path

import pytest

from engine.library.models import list_library
from engine.library.shelf import Shelf
from engine.library.stores import places
from engine.library.stores.places import Computer, app_places
from tests.engine.library.stores import fixtures


def found(computer: Computer) -> dict[str, tuple[str, Path]]:
    """Store and path of everything found, by title."""
    return {
        file.title: (place.store, file.path)
        for place in app_places(computer)
        for file in place.find(place.root)
    }


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_all_six_are_found_in_their_usual_places(tmp_path: Path, platform: str) -> None:
    computer = Computer(tmp_path, platform=platform, shared=tmp_path / "usr")
    made = fixtures.all_six(computer)
    titles = {
        "hf": "Hugging Face",
        "lm": "LM Studio",
        "qwen3:0.6b": "Ollama",
        "org/tiny": "Jan",
        "g4a": "GPT4All",
        "tg": "TextGen",
    }
    assert found(computer) == {title: (app, made[app]) for title, app in titles.items()}


def test_a_computer_without_other_apps_has_no_places(tmp_path: Path) -> None:
    assert app_places(Computer(tmp_path, shared=tmp_path)) == []


def test_all_six_are_listed_in_place_with_their_stores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = Computer(tmp_path / "home", shared=tmp_path)
    made = fixtures.all_six(computer)
    monkeypatch.setenv("OUTRIDER_MODELS", str(tmp_path / "own"))
    monkeypatch.setattr(places, "this_computer", lambda: computer)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    library = list_library(Shelf())
    assert {model.store: model.path for model in library.models} == made
    assert all(model.usable for model in library.models)
    assert all(path.stat().st_mtime_ns == changed for path, changed in before.items())
    assert list_library(Shelf(other_apps=False)).models == []


VARIABLES = {
    "HF_HOME": ("Hugging Face", "hub"),
    "HF_HUB_CACHE": ("Hugging Face", ""),
    "HUGGINGFACE_HUB_CACHE": ("Hugging Face", ""),
    "OLLAMA_MODELS": ("Ollama", ""),
}


@pytest.mark.parametrize("variable", VARIABLES)
def test_variables_move_a_store(tmp_path: Path, variable: str) -> None:
    store, below = VARIABLES[variable]
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / below).mkdir(parents=True)
    (tmp_path / ".ollama/models").mkdir(parents=True)
    (tmp_path / ".cache/huggingface/hub").mkdir(parents=True)
    computer = Computer(tmp_path, {variable: str(elsewhere)}, shared=tmp_path)
    roots = [place.root for place in app_places(computer) if place.store == store]
    assert roots == [elsewhere / below]


def test_xdg_folders_are_honoured_on_linux(tmp_path: Path) -> None:
    variables = {
        "XDG_CACHE_HOME": str(tmp_path / "c"),
        "XDG_DATA_HOME": str(tmp_path / "d"),
        "XDG_CONFIG_HOME": str(tmp_path / "s"),
    }
    for folder in ("c/huggingface/hub", "d/Jan/data", "d/nomic.ai/GPT4All"):
        (tmp_path / folder).mkdir(parents=True)
    computer = Computer(tmp_path / "home", variables, shared=tmp_path)
    assert [place.store for place in app_places(computer)] == ["Hugging Face", "Jan", "GPT4All"]


def test_a_chosen_place_stays_while_its_drive_is_away(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    computer = Computer(tmp_path, {"OLLAMA_MODELS": str(drive)}, shared=tmp_path)
    assert [(place.store, place.root) for place in app_places(computer)] == [("Ollama", drive)]


def test_relative_paths_in_variables_are_no_places(tmp_path: Path) -> None:
    computer = Computer(tmp_path, {"OLLAMA_MODELS": "models"}, shared=tmp_path)
    assert app_places(computer) == []


def test_the_folders_that_apps_were_told_are_found(tmp_path: Path) -> None:
    for name in ("studio/models", "chosen", "jan", "g4a"):
        (tmp_path / name).mkdir(parents=True)
    home = tmp_path / "home"
    for folder in ("home/.config/Jan", "home/.config/nomic.ai"):
        (tmp_path / folder).mkdir(parents=True)
    (home / ".lmstudio-home-pointer").write_text(f"{tmp_path / 'studio'}\n")
    settings = {"downloadsFolder": str(tmp_path / "chosen")}
    (tmp_path / "studio" / "settings.json").write_text(json.dumps(settings))
    (home / ".config/Jan/settings.json").write_text(json.dumps({"data_folder": f"{tmp_path}/jan"}))
    (home / ".config/nomic.ai/GPT4All.ini").write_text(f"[General]\nmodelPath={tmp_path}/g4a\n")
    computer = Computer(home, shared=tmp_path)
    assert [
        (place.store, place.root.relative_to(tmp_path).as_posix()) for place in app_places(computer)
    ] == [
        ("LM Studio", "chosen"),
        ("LM Studio", "studio/models"),
        ("Jan", "jan"),
        ("GPT4All", "g4a"),
    ]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"data_folder": 3}', "[" * 100_000, "\0"])
def test_settings_that_make_no_sense_are_ignored(tmp_path: Path, content: str) -> None:
    for folder, name in (
        (".config/Jan", "settings.json"),
        (".config/nomic.ai", "GPT4All.ini"),
        (".lmstudio", "settings.json"),
        ("", ".lmstudio-home-pointer"),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_text(content)
    assert app_places(Computer(tmp_path, shared=tmp_path)) == []


def test_a_pipe_in_place_of_a_settings_file_does_not_hold_the_search(tmp_path: Path) -> None:
    (tmp_path / ".lmstudio").mkdir()
    os.mkfifo(tmp_path / ".lmstudio" / "settings.json")
    assert app_places(Computer(tmp_path, shared=tmp_path)) == []

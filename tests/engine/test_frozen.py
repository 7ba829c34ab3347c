"""The frozen program: its own model, its own child process, and a home beside it."""

import sys
from pathlib import Path

import pytest

from engine import __main__ as engine_main
from engine import frozen, paths
from engine.isolated import process
from engine.library.models import list_library, resolve_model
from engine.library.shelf import Shelf
from engine.library.starter import STARTER, starter_path


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a frozen program, with its files in `lib`."""
    folder = tmp_path / "outrider"
    (folder / "lib").mkdir(parents=True)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(folder / "lib"), raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "outrider"))
    monkeypatch.delenv("OUTRIDER_HOME")
    monkeypatch.delenv("OUTRIDER_MODELS", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    return folder


def test_a_checkout_is_not_frozen() -> None:
    assert not frozen.is_frozen()
    assert frozen.program_folder() is None
    assert frozen.packed_file(STARTER.file_name) is None


def test_the_packed_starter_model_is_used(program: Path) -> None:
    assert starter_path() == paths.models_dir() / STARTER.file_name
    packed = program / "lib" / STARTER.file_name
    packed.touch()
    assert starter_path() == packed


def test_the_packed_starter_model_is_found_by_name_and_listed(program: Path) -> None:
    packed = program / "lib" / STARTER.file_name
    packed.write_bytes(b"GGUF")
    assert resolve_model("smollm2") == packed
    assert packed in [model.path for model in list_library(Shelf(other_apps=False)).models]


def test_a_portable_program_keeps_everything_beside_itself(program: Path) -> None:
    (program / "portable").touch()
    assert paths.data_dir() == program / "outrider-home" / "data"
    assert paths.cache_dir().is_dir()
    assert paths.models_dir() == program / "outrider-home" / "models"


def test_without_the_mark_nothing_lies_beside_the_program(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_a, **_k: str(tmp_path / "usual"))
    assert paths.data_dir() == tmp_path / "usual"
    assert program not in paths.models_dir().parents


def test_variables_count_more_than_the_mark(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program / "portable").touch()
    monkeypatch.setenv("OUTRIDER_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("OUTRIDER_MODELS", str(tmp_path / "models"))
    assert paths.data_dir() == tmp_path / "mine" / "data"
    assert paths.models_dir() == tmp_path / "models"


def test_the_frozen_program_is_its_own_child(program: Path) -> None:
    assert process._command() == [str(program / "outrider"), "--engine-process"]


def test_both_programs_become_the_engines_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop import __main__ as desktop_main  # noqa: PLC0415 - only this test needs it

    served: list[str] = []
    monkeypatch.setattr(engine_main, "serve", lambda: served.append("engine"))
    monkeypatch.setattr("engine.isolated.child.main", lambda: served.append("desktop"))
    assert engine_main.main(["--engine-process"]) == 0
    assert desktop_main.main(["--engine-process"]) == 0
    assert served == ["engine", "desktop"]

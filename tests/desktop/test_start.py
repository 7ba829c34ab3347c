"""The start: no display, and conversations that cannot be opened, end in a sentence."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop import start
from desktop.app import Desktop
from engine.errors import DiskTrouble


def test_without_a_display_it_says_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert start.main([]) == 1
    assert "outrider-engine chat" in capsys.readouterr().err


def test_the_argument_is_a_file_wherever_it_was_named_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert start._parser().parse_args(["model.gguf"]).model == tmp_path / "model.gguf"


def test_conversations_that_cannot_be_opened_are_told(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise DiskTrouble("The conversations cannot be opened.", hint="Free some space.")

    told: list[str] = []
    monkeypatch.setattr(Desktop, "__init__", refuse)
    monkeypatch.setattr(start, "QApplication", lambda _arguments: qapp)
    monkeypatch.setattr(start, "_start_log", lambda: None)
    monkeypatch.setattr("signal.signal", lambda *_args: None)
    monkeypatch.setattr(QMessageBox, "critical", lambda *args: told.append(args[-1]))
    assert start.main([]) == 1
    assert told == ["The conversations cannot be opened. Free some space."]


def test_a_log_that_cannot_be_written_is_told(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    told: list[str] = []
    (own_home / "log" / "outrider.log").mkdir(parents=True)
    monkeypatch.setattr(start, "QApplication", lambda _arguments: qapp)
    monkeypatch.setattr("signal.signal", lambda *_args: None)
    monkeypatch.setattr(QMessageBox, "critical", lambda *args: told.append(args[-1]))
    assert start.main([]) == 1
    assert told == ["The log cannot be written: a folder has this name. Choose another name."]

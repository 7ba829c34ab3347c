"""Diagnostics say what is needed and no word of a conversation; crashes leave a report."""

import faulthandler
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.crash_report import CrashReport
from desktop.diagnostics import diagnostics


@pytest.fixture
def log(tmp_path: Path) -> Path:
    log = tmp_path / "outrider.log"
    log.write_text(
        "2026-01-01 10:00:00,000 INFO outrider.isolated: loaded\n"
        "2026-01-01 10:00:01,000 ERROR outrider.window: The template fails.\n"
        "my secret message, quoted by a template\n"
        "2026-01-01 10:00:02,000 WARNING outrider.llama: " + "x" * 999 + "\n",
        encoding="utf-8",
    )
    return log


def test_versions_and_first_lines_of_troubles(log: Path) -> None:
    text = diagnostics(None, log)
    for word in ("outrider 0", "PySide6-Essentials 6", "Python 3", "memory free", "No model"):
        assert word in text
    assert "The template fails." in text
    assert "secret" not in text
    assert "loaded\n" not in text.replace("No model is loaded", "")
    assert max(map(len, text.splitlines())) <= 200


def test_without_a_log_there_are_no_errors(tmp_path: Path) -> None:
    assert diagnostics(None, tmp_path / "none").endswith("Last warnings and errors:\nnone\n")


def test_the_menu_copies_them_without_any_message(qtbot: QtBot, app: Desktop) -> None:
    app.chat.send("my secret message")
    qtbot.waitUntil(lambda: app.chat.run is None)
    app.window.commands.entry("app.diagnostics").trigger()
    text = QGuiApplication.clipboard().text()
    assert f"Target {app.pair.target_label}" in text
    assert "All in memory." in text
    assert "RAM: 0.2 GB" in text
    assert "secret" not in text


@pytest.fixture
def faults_of_pytest() -> Iterator[None]:
    """pytest's own crash reports go on afterwards."""
    yield
    faulthandler.enable()


CRASH = """
import os, sys
from pathlib import Path
from desktop.crash_report import CrashReport
report = CrashReport(Path(sys.argv[1]))
os.abort()
"""


def test_a_crash_is_told_once(tmp_path: Path, faults_of_pytest: None) -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, tmp_path], check=False, capture_output=True)
    assert done.returncode != 0
    report = CrashReport(tmp_path)
    assert "crashed last time" in report.notice
    assert report.last
    assert "Fatal Python error: Aborted" in report.last.read_text(encoding="utf-8")
    report.close()
    again = CrashReport(tmp_path)
    assert again.notice == ""
    again.close()

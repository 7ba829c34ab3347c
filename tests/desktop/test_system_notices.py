"""Notices by a program of the desktop: clicks come back; old and missing programs are known."""

import json
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.system_notices import SystemNotices, system_command


def notices(tmp_path: Path, code: str) -> SystemNotices:
    """By a program that writes down what it was asked, and then does `code`."""
    script = tmp_path / "notify.py"
    asked = tmp_path / "asked"
    script.write_text(
        f"import json, sys, time\nwith open({str(asked)!r}, 'a') as file:\n"
        f"    file.write(json.dumps(sys.argv[1:]) + chr(10))\n{code}\n"
    )
    return SystemNotices((sys.executable, str(script)))


def asked(tmp_path: Path) -> list[list[str]]:
    return [json.loads(line) for line in (tmp_path / "asked").read_text().splitlines()]


def test_a_click_on_the_notice_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    shown = notices(tmp_path, "print('default')")
    with qtbot.waitSignal(shown.chosen, timeout=20_000):
        shown.tell("--help", "The reply is finished")
    (words,) = asked(tmp_path)
    assert words[-3:] == ["--", "--help", "The reply is finished"]
    assert "--wait" in words


def test_a_notice_that_goes_by_itself_is_no_click(qtbot: QtBot, tmp_path: Path) -> None:
    shown = notices(tmp_path, "")
    with (
        qtbot.assertNotEmitted(shown.chosen, wait=300),
        qtbot.assertNotEmitted(shown.refused, wait=300),
    ):
        shown.tell("Tides", "The reply is finished")
        qtbot.waitUntil((tmp_path / "asked").exists, timeout=20_000)


def test_a_program_that_knows_no_clicks_shows_it_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    shown = notices(tmp_path, "sys.exit('--wait' in sys.argv)")
    shown.tell("Tides", "The reply is finished")
    qtbot.waitUntil(
        lambda: (tmp_path / "asked").exists() and len(asked(tmp_path)) == 2, timeout=20_000
    )
    assert "--wait" not in asked(tmp_path)[1]
    shown.close()


@pytest.mark.parametrize("command", [(), ("/nowhere/notify",)])
def test_where_nobody_shows_it_that_is_told(qtbot: QtBot, command: tuple[str, ...]) -> None:
    shown = SystemNotices(command)
    with qtbot.waitSignal(shown.refused, timeout=20_000) as told:
        shown.tell("Tides", "The reply is finished")
    assert told.args == ["Tides", "The reply is finished"]


def test_a_service_that_is_not_there_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    shown = notices(tmp_path, "sys.exit(1)")
    with qtbot.waitSignal(shown.refused, timeout=20_000):
        shown.tell("Tides", "The reply is finished")
    assert len(asked(tmp_path)) == 2


def test_the_end_of_the_app_does_not_wait_for_a_click(qtbot: QtBot, tmp_path: Path) -> None:
    shown = notices(tmp_path, "time.sleep(1000)")
    with qtbot.assertNotEmitted(shown.refused, wait=100):
        shown.tell("Tides", "The reply is finished")
        qtbot.waitUntil((tmp_path / "asked").exists, timeout=20_000)
        shown.close()
        shown.tell("Tides", "The reply was stopped")
        qtbot.wait(500)
    assert len(asked(tmp_path)) == 1, "nothing is shown once the app ends"


def test_the_program_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert system_command() == ("notify-send",)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert system_command() == ()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("shutil.which", lambda name: name)
    assert system_command() == ()

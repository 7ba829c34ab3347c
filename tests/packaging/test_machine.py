"""The real machine: commands run, log and report as the steps expect."""

import sys
from pathlib import Path

import pytest

from first_run.machine import ThisMachine


def test_a_command_is_logged_and_heard_line_by_line(tmp_path: Path) -> None:
    heard: list[str] = []
    script = "import os, sys; print(os.environ['GREETING']); print('two'); sys.exit(3)"
    log = tmp_path / "build" / "setup.log"
    finished = ThisMachine().run(
        [sys.executable, "-c", script], log=log, env={"GREETING": "one"}, on_line=heard.append
    )
    assert (finished.code, finished.output) == (3, "one\ntwo\n")
    assert heard == ["one\n", "two\n"]
    assert log.read_text().endswith("one\ntwo\n")


def test_output_that_is_no_text_does_not_matter(tmp_path: Path) -> None:
    script = r"import sys; sys.stdout.buffer.write(b'caf\xe9\n')"
    finished = ThisMachine().run([sys.executable, "-c", script], log=tmp_path / "log")
    assert finished.output == "caf�\n"


def test_it_knows_programs_modules_and_disk(tmp_path: Path) -> None:
    machine = ThisMachine()
    assert machine.which("no-such-program-anywhere") is None
    assert machine.has_module("venv")
    assert not machine.has_module("no_such_module_anywhere")
    assert machine.free_bytes(tmp_path) > 0


def test_show_returns_the_exit_code() -> None:
    assert ThisMachine().show([sys.executable, "-c", "raise SystemExit(4)"]) == 4


def test_ctrl_c_waits_for_the_command_to_clean_up(tmp_path: Path) -> None:
    cleaned = tmp_path / "cleaned"
    script = "import pathlib, sys; print('busy', flush=True); pathlib.Path(sys.argv[1]).touch()"

    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ThisMachine().run(
            [sys.executable, "-c", script, str(cleaned)], log=tmp_path / "log", on_line=interrupt
        )
    assert cleaned.exists()

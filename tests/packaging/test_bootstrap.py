"""The door: it starts on old Pythons, finds a newer one, or says how to get it."""

import ast
from pathlib import Path

import pytest

import bootstrap
from first_run.system import install_command

PACKAGING = Path(bootstrap.__file__).parent


@pytest.mark.parametrize("name", ["bootstrap.py", "first_run/__init__.py", "first_run/system.py"])
def test_what_an_old_python_reads_has_only_syntax_it_knows(name: str) -> None:
    ast.parse((PACKAGING / name).read_text(encoding="utf-8"), feature_version=(3, 5))


def test_a_newer_python_on_the_path_is_found() -> None:
    found = bootstrap.find_python({"python3.12": "/opt/python3.12"}.get, lambda _command: 0)
    assert found == "/opt/python3.12"


def test_a_name_that_starts_nothing_is_passed_over() -> None:
    programs = {"python3.13": "/shims/python3.13", "python3.11": "/usr/bin/python3.11"}
    found = bootstrap.find_python(programs.get, lambda command: int("shims" in command[0]))
    assert found == "/usr/bin/python3.11"


def test_without_a_newer_python_there_is_none() -> None:
    assert bootstrap.find_python(lambda _name: None, lambda _command: 0) is None


def test_the_question_for_the_version_is_answered_by_this_python() -> None:
    with pytest.raises(SystemExit) as ended:
        exec(bootstrap._ASK_VERSION)  # noqa: S102 (our own constant)
    assert ended.value.code is False


def test_main_hands_over_to_the_newer_python(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over: list[list[str]] = []

    def hand_over(command: list[str]) -> int:
        handed_over.append(command)
        return 0

    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setattr(bootstrap, "find_python", lambda _which, _answers: "/opt/python3.12")
    monkeypatch.setattr(bootstrap, "hand_over", hand_over)
    assert bootstrap.main(["run"]) == 0
    assert handed_over == [["/opt/python3.12", bootstrap.__file__, "run"]]


def test_main_refuses_an_old_python_with_one_sentence_and_one_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setattr(bootstrap, "find_python", lambda _which, _answers: None)
    monkeypatch.setattr(bootstrap, "install_command", lambda *_facts, **_more: "get python")
    assert bootstrap.main(["run"]) == 1
    sentence, _, command = capsys.readouterr().err.strip().splitlines()
    assert sentence.startswith("Outrider needs Python 3.11 to 3.14, and this is Python 3.")
    assert command == "    get python"


@pytest.mark.parametrize("need", ["python", "venv", "compiler", "qt"])
def test_debian_has_a_command_for_every_need(need: str) -> None:
    command = install_command(need, "linux", {"apt-get": "/usr/bin/apt-get"}.get, is_root=False)
    assert command
    assert command.startswith("sudo apt install ")


def test_root_needs_no_sudo() -> None:
    command = install_command("compiler", "linux", {"dnf": "/usr/bin/dnf"}.get, is_root=True)
    assert command == "dnf install gcc-c++"


@pytest.mark.parametrize(
    ("platform", "need", "start"),
    [
        ("darwin", "python", "brew install python@"),
        ("darwin", "compiler", "xcode-select --install"),
        ("win32", "python", "winget install Python.Python."),
        ("win32", "compiler", "winget install Microsoft.VisualStudio."),
    ],
)
def test_macos_and_windows_have_their_own_commands(platform: str, need: str, start: str) -> None:
    command = install_command(need, platform, lambda _program: None, is_root=False)
    assert command
    assert command.startswith(start)


def test_an_unknown_system_gets_no_command() -> None:
    assert install_command("qt", "linux", lambda _program: None, is_root=False) is None

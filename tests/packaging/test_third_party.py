"""The list of what other people made: whole, true, and every licence looked at."""

import subprocess
import sys

import pytest

import third_party
from third_party import FINE, LIST, parts


def test_every_part_is_listed_with_a_licence_that_fits() -> None:
    found = parts("outrider")
    names = {part.name for part in found}
    assert {"pyside6-essentials", "shiboken6", "llama-cpp-python", "numpy", "jinja2"} <= names
    assert "pytest" not in names
    listed = LIST.read_text(encoding="utf-8")
    for part in found:
        assert FINE.search(part.licence), part
        assert f"| {part.name} |" in listed, "run make audit"


def test_what_pip_audit_finds_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def find(command: list[str], **_words: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", find)
    assert third_party.known_weaknesses() == 1
    assert asked == [[sys.executable, "-m", "pip_audit", "--skip-editable"]]

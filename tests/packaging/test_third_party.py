"""The list of what other people made: whole, true, and every licence looked at."""

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


def test_without_pip_audit_it_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert third_party.known_weaknesses() == 0
    assert "pip-audit is not installed" in capsys.readouterr().out

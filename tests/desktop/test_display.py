"""Where no display is, or none answers, a sentence says so instead of an abort of Qt."""

import os
import subprocess
import sys

import pytest

from desktop.display import no_display

NAMES = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")


@pytest.mark.parametrize("name", NAMES)
def test_any_display_will_do(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in NAMES:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "something")
    assert not no_display()


def started(**display: str) -> subprocess.CompletedProcess[str]:
    """The window, in a process with this display and no other."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return subprocess.run(
        [sys.executable, "-m", "desktop"],
        env={**kept, **display},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="displays by name")
@pytest.mark.parametrize(
    "display",
    [
        {"WAYLAND_DISPLAY": "outrider-nowhere"},
        {"DISPLAY": ":65000"},
        {"QT_QPA_PLATFORM": "wayland", "WAYLAND_DISPLAY": "outrider-nowhere"},
        {"QT_QPA_PLATFORM": "nonsense"},
    ],
)
def test_a_display_that_does_not_answer_is_told(display: dict[str, str]) -> None:
    done = started(**display)
    assert done.returncode == 1
    told = next(line for line in done.stderr.splitlines() if "no window can be opened" in line)
    assert "outrider-engine chat" in told
    for name, value in display.items():
        assert f"{name}={value}" in told
    assert "plugin" in done.stderr  # the reason, as Qt has it
    assert "Reinstalling" not in done.stderr

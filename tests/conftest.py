"""Every test runs without a display, away from the person's own files, and leaves no thread."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = os.environ.get("OUTRIDER_TEST_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`OUTRIDER_HOME` points into the test's own folder."""
    home = tmp_path / "home"
    monkeypatch.setenv("OUTRIDER_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread of ours running."""
    before = set(threading.enumerate())
    yield
    left = [
        thread.name
        for thread in threading.enumerate()
        if thread not in before and thread.name.startswith("outrider")
    ]
    assert not left, f"threads left running: {left}"

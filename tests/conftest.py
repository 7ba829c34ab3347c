"""Every test runs without a display, away from the person's own files, and leaves no thread."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from engine import language
from engine.library.stores import places
from engine.library.stores.places import Computer

os.environ[language.VARIABLE] = language.ENGLISH  # also in the processes that tests start
os.environ["QT_QPA_PLATFORM"] = os.environ.get("OUTRIDER_TEST_PLATFORM", "offscreen")
settings.register_profile("outrider", deadline=None)  # a busy machine fails no test
settings.load_profile("outrider")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`OUTRIDER_HOME` points into the test's own folder."""
    home = tmp_path / "home"
    monkeypatch.setenv("OUTRIDER_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_other_apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model of another app on the developer's computer gets into a test."""
    nobody = Computer(home=tmp_path / "nobody", shared=tmp_path / "nobody")
    monkeypatch.setattr(places, "this_computer", lambda: nobody)


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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@dataclass(frozen=True)
class Golden:
    """Compares a value with a JSON file of `tests/golden`, or writes the file anew."""

    update: bool

    def __call__(self, name: str, value: object) -> None:
        path = Path(__file__).parent / "golden" / name
        if self.update:
            path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
        assert json.loads(path.read_text(encoding="utf-8")) == value, (
            f"{name} differs: pytest --update-golden writes it anew, for a diff to review"
        )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Golden files, with `--update-golden`."""
    return Golden(update=request.config.getoption("--update-golden"))

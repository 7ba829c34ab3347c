"""The self-test: over a fake session it passes, and each thing that is broken is named."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop import self_test
from desktop.self_test import Step, try_all
from desktop.self_test_parts import Trial, count_colours
from engine.errors import ModelNotFound
from engine.events import Origin, TreeDrawn
from tests.desktop.fakes import FakeOpener, FakeSession

TREE = TreeDrawn(1, "a", ("b", "c"), (-1, 0), (0.9, 0.5), (Origin.TREE,) * 2, (0,), "d")


def run(application: QApplication, opener: FakeOpener, picture: Path) -> list[Step]:
    steps: list[Step] = []
    with ExitStack() as opened:
        try_all(Trial(application, opener, picture, opened).parts(), steps.append)
    return steps


@pytest.fixture
def with_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = FakeSession.turn

    def turn_with_tree(*args: object, **kwargs: object) -> object:
        yield TREE
        yield from turn(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(FakeSession, "turn", turn_with_tree)


@pytest.mark.usefixtures("with_tree")
def test_all_parts_pass_and_the_window_shows_the_reply(qapp: QApplication, tmp_path: Path) -> None:
    opener = FakeOpener()
    steps = run(qapp, opener, tmp_path / "window.png")
    assert [(step.name, step.ok) for step in steps] == [
        ("database", True),
        ("engine", True),
        ("reply", True),
        ("window", True),
    ]
    assert "2 nodes" in steps[2].words
    assert QImage(str(tmp_path / "window.png")).width() > 0
    assert opener.session.closed


def test_a_missing_model_ends_it_with_its_sentence(qapp: QApplication, tmp_path: Path) -> None:
    error = ModelNotFound("The starter model is gone.", hint="Install again.", detail="why")
    steps = run(qapp, FakeOpener(error=error), tmp_path / "window.png")
    assert [(step.name, step.ok) for step in steps] == [("database", True), ("engine", False)]
    assert (steps[-1].words, steps[-1].detail) == (
        "The starter model is gone. Install again.",
        "why",
    )


def test_a_reply_without_a_tree_fails(qapp: QApplication, tmp_path: Path) -> None:
    steps = run(qapp, FakeOpener(), tmp_path / "window.png")
    assert (steps[-1].name, steps[-1].words) == ("reply", "No draft tree was grown.")


@pytest.mark.usefixtures("with_tree")
def test_a_picture_that_cannot_be_written_fails(qapp: QApplication, tmp_path: Path) -> None:
    steps = run(qapp, FakeOpener(), tmp_path / "nowhere" / "window.png")
    assert (steps[-1].name, steps[-1].ok) == ("window", False)


def test_a_bug_is_reported_with_its_trace() -> None:
    def broken() -> str:
        raise ZeroDivisionError("oh")

    steps: list[Step] = []
    try_all([("bug", broken)], steps.append)
    assert steps[0].words == "ZeroDivisionError: oh"
    assert "Traceback" in steps[0].detail


@pytest.mark.parametrize(("works", "code"), [(True, 0), (False, 1)])
def test_the_report_says_what_runs_and_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], works: bool, code: int
) -> None:
    def part() -> str:
        if works:
            return "fine"
        raise ModelNotFound("It is gone.")

    monkeypatch.setenv("OUTRIDER_HOME", "changed by the self-test, put back by the fixture")
    monkeypatch.setattr(self_test, "_parts", lambda _picture, _opened: iter([("part", part)]))
    assert self_test.main(["--json"]) == code
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is works
    assert report["program"]["llama-cpp-python"]
    assert report["steps"][0]["name"] == "part"


def test_colours_are_counted() -> None:
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    assert count_colours(image) == 1
    image.setPixelColor(4, 4, QColor("black"))
    assert count_colours(image) == 2

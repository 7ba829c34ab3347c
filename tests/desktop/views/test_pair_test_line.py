"""A test of the chosen pair in the model dialog: asked for, stopped, found, remembered."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.engine_port import Pair
from desktop.pair_model import Phase
from desktop.views.library_page import LibraryPage
from desktop.views.model_dialog import ModelDialog
from desktop.views.pair_test_line import PairTestLine
from engine.config import SelfDraft
from engine.errors import NotEnoughMemory
from engine.tested_pairs import PairTest, WorkSpeeds
from tests.desktop.fakes import BIG, SMALL, TESTED, FakeLibrary, FakeOpener, FakeTester


@pytest.fixture
def dialog(qtbot: QtBot, app: Desktop) -> ModelDialog:
    """Open, with the biggest model and its copy chosen."""
    dialog = app.window.open_models()
    qtbot.waitUntil(start_button(dialog).isEnabled)
    return dialog


@pytest.fixture
def held(tester: FakeTester) -> FakeTester:
    """Tests do not end by themselves."""
    tester.gate.close()
    return tester


def line(dialog: ModelDialog) -> PairTestLine:
    (line,) = dialog.findChildren(PairTestLine)
    return line


def said(dialog: ModelDialog) -> str:
    """The visible words of the line."""
    shown = line(dialog)
    words = " ".join(label.text() for label in shown.findChildren(QLabel)).strip()
    return words if shown.isVisible() else ""


def button(part: QWidget, name: str) -> QPushButton:
    return next(b for b in part.findChildren(QPushButton) if b.accessibleName() == name)


def start_button(dialog: ModelDialog) -> QPushButton:
    return button(dialog, "Test this pair")


def test_the_chosen_pair_is_tested_with_nothing_else_loaded(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, held: FakeTester, dialog: ModelDialog
) -> None:
    start_button(dialog).click()
    qtbot.waitUntil(lambda: said(dialog) == "Testing tree on chat: about 30 s left.")
    assert [request.pair for request in held.requests] == [Pair(BIG.path, SelfDraft())]
    assert opener.session.closed
    assert app.pair.phase is not Phase.READY
    assert not start_button(dialog).isEnabled()
    assert len(opener.requests) == 1
    held.gate.open()
    qtbot.waitUntil(lambda: said(dialog) == TESTED.verdict())
    assert line(dialog).toolTip() == "\n".join(TESTED.details)
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    assert opener.requests[-1] == opener.requests[0], "what was loaded before is loaded again"
    assert start_button(dialog).isEnabled()


def test_a_test_can_be_stopped(
    qtbot: QtBot, app: Desktop, held: FakeTester, dialog: ModelDialog
) -> None:
    start_button(dialog).click()
    button(line(dialog), "Stop").click()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    assert said(dialog) == ""
    assert start_button(dialog).isEnabled()


def test_closing_the_dialog_stops_the_test(
    qtbot: QtBot, app: Desktop, held: FakeTester, dialog: ModelDialog
) -> None:
    start_button(dialog).click()
    dialog.reject()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    assert not app.tests.is_running


def test_loading_a_pair_stops_the_test_and_loads_it_once(
    qtbot: QtBot, app: Desktop, opener: FakeOpener, held: FakeTester, dialog: ModelDialog
) -> None:
    start_button(dialog).click()
    button(dialog, "Load").click()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY and not app.tests.is_running)
    assert [request.pair for request in opener.requests[1:]] == [Pair(BIG.path, SelfDraft())]


def test_a_test_that_fails_says_why(
    qtbot: QtBot, app: Desktop, tester: FakeTester, dialog: ModelDialog
) -> None:
    tester.error = NotEnoughMemory("9.0 GB are needed in RAM.")
    start_button(dialog).click()
    qtbot.waitUntil(lambda: "9.0 GB are needed" in said(dialog))
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)


def test_what_an_earlier_test_found_is_said_again(
    qtbot: QtBot, app: Desktop, tester: FakeTester
) -> None:
    tester.known[BIG.path] = TESTED
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: said(dialog) == TESTED.verdict())


def test_a_pair_that_gains_nothing_is_no_success(
    qtbot: QtBot, app: Desktop, tester: FakeTester, dialog: ModelDialog
) -> None:
    tester.found = PairTest(60.0, (WorkSpeeds("chat", 30.0, 30.0, 12.0, 9.0),))
    start_button(dialog).click()
    qtbot.waitUntil(lambda: "plain is as fast here as any guess" in said(dialog))


def test_a_finished_test_ranks_the_drafts_anew(
    qtbot: QtBot, library: FakeLibrary, dialog: ModelDialog
) -> None:
    before = len(library.ranked)
    start_button(dialog).click()
    qtbot.waitUntil(lambda: len(library.ranked) > before)
    qtbot.waitUntil(lambda: said(dialog) == TESTED.verdict())


def test_another_pair_takes_the_words_away(
    qtbot: QtBot, tester: FakeTester, dialog: ModelDialog
) -> None:
    start_button(dialog).click()
    qtbot.waitUntil(lambda: said(dialog) == TESTED.verdict())
    page = dialog.findChildren(LibraryPage)[0]
    page.choose_target(SMALL.path)
    qtbot.waitUntil(lambda: said(dialog) == "")
    page.choose_target(BIG.path)
    qtbot.waitUntil(lambda: said(dialog) == TESTED.verdict())

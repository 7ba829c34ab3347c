"""The pair: chosen, remembered, loaded, stopped."""

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.engine_port import Pair
from desktop.pair_model import Phase
from desktop.settings import BUDGET, DRAFT, EARLIER, TARGET
from engine.config import Mode
from engine.errors import ModelNotFound
from tests.desktop.desk import Desk

PAIR = Pair(Path("/models/target.gguf"), Path("/models/draft.gguf"))


def choose(desk: Desk, pair: Pair) -> None:
    desk.pair.choose(replace(desk.pair.request, pair=pair))


def test_without_a_choice_the_starter_pair_is_loaded(desk: Desk) -> None:
    assert [request.pair for request in desk.opener.requests] == [None]
    assert desk.pair.phase is Phase.READY


def test_a_choice_is_loaded_and_remembered(qtbot: QtBot, desk: Desk) -> None:
    choose(desk, PAIR)
    qtbot.waitUntil(lambda: desk.pair.phase is Phase.READY)
    assert desk.opener.requests[-1].pair == PAIR
    assert desk.settings.get(TARGET) == str(PAIR.target)
    assert desk.settings.get(DRAFT) == str(PAIR.draft)


def test_plain_is_remembered_as_no_draft(qtbot: QtBot, desk: Desk) -> None:
    choose(desk, PAIR)
    choose(desk, Pair(PAIR.target, None))
    assert desk.pair.pair == Pair(PAIR.target, None)


def test_progress_is_shown_while_loading(qtbot: QtBot, desk: Desk) -> None:
    desk.opener.gate.close()
    desk.pair.load()
    assert desk.pair.phase is Phase.LOADING
    qtbot.waitUntil(lambda: desk.pair.progress is not None)
    desk.opener.gate.open()
    qtbot.waitUntil(lambda: desk.pair.phase is Phase.READY)
    assert desk.pair.progress is None


def test_loading_can_be_stopped(qtbot: QtBot, desk: Desk) -> None:
    desk.opener.gate.close()
    desk.pair.load()
    desk.pair.stop_loading()
    qtbot.waitUntil(lambda: desk.pair.phase is Phase.EMPTY)
    assert desk.failures == []
    assert desk.pair.info is None


def test_a_failed_load_says_why(qtbot: QtBot, desk: Desk) -> None:
    desk.opener.error = ModelNotFound("The starter model is not here.")
    desk.pair.load()
    qtbot.waitUntil(lambda: desk.pair.phase is Phase.EMPTY)
    assert desk.pair.error is desk.opener.error
    assert desk.failures == [desk.opener.error]


def test_switching_the_mode_needs_no_loading(qtbot: QtBot, desk: Desk) -> None:
    desk.pair.speculate(mode=Mode.TREE, budget=16)
    qtbot.waitUntil(lambda: len(desk.session.used) == 1)
    assert (desk.session.used[0].mode, desk.session.used[0].budget) == (Mode.TREE, 16)
    assert desk.settings.get(BUDGET) == 16
    assert len(desk.opener.requests) == 1


def test_guesses_from_earlier_conversations_are_off_until_allowed(qtbot: QtBot, desk: Desk) -> None:
    assert not desk.opener.requests[0].speculation.earlier
    desk.settings.set(EARLIER, True)
    qtbot.waitUntil(lambda: len(desk.session.used) == 1)
    assert desk.session.used[0].earlier
    assert len(desk.opener.requests) == 1
    assert not desk.pair.waits_for_reload

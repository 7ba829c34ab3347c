"""Plans in the background: the newest question counts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop.engine_port import OpenRequest
from desktop.pair_planner import PairPlanner
from engine.config import SpeculationConfig
from engine.errors import ModelNotFound
from engine.memory_plan.machine_facts import Held
from tests.desktop.fakes import PATIENCE, FakePlanner

REQUEST = OpenRequest(pair=None, context_length=4096, speculation=SpeculationConfig())


@pytest.fixture
def plans(qtbot: QtBot, planner: FakePlanner) -> Iterator[PairPlanner]:
    plans = PairPlanner(planner)
    yield plans
    assert plans.shutdown(PATIENCE)
    assert planner.closed >= 1


def test_a_plan_arrives_with_its_question(
    qtbot: QtBot, plans: PairPlanner, planner: FakePlanner
) -> None:
    with qtbot.waitSignal(plans.planned) as planned:
        plans.plan(REQUEST, Held({"RAM": 7}))
    assert planned.args == [REQUEST, planner.answer]
    assert planner.held == [Held({"RAM": 7})]


def test_only_the_newest_question_is_answered(qtbot: QtBot, plans: PairPlanner) -> None:
    answered: list[OpenRequest] = []
    plans.planned.connect(lambda request, _plan: answered.append(request))
    newest = replace(REQUEST, context_length=512)
    for request in (REQUEST, replace(REQUEST, context_length=256), newest):
        plans.plan(request, Held())
    qtbot.waitUntil(lambda: bool(answered))
    assert answered == [newest]


def test_no_plan_has_a_reason(qtbot: QtBot, plans: PairPlanner, planner: FakePlanner) -> None:
    planner.error = ModelNotFound("target.gguf is not there.")
    with qtbot.waitSignal(plans.failed) as failed:
        plans.plan(REQUEST, Held())
    assert failed.args == [REQUEST, planner.error]

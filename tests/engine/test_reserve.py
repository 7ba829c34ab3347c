"""What a session reserves follows its mode, and what it learns outlives it."""

from pathlib import Path

import numpy as np
import pytest

from engine.config import Mode, SpeculationConfig
from engine.events import Origin
from engine.planner import CHAIN, NGRAM, PLAIN, TREE
from engine.session import Session
from tests.engine.sessions import ask, greedy, pair_config, user

pytestmark = pytest.mark.real_model


def test_what_a_session_learnt_the_next_one_knows(smollm2: Path, low_bit: Path) -> None:
    config = pair_config(smollm2, low_bit, budget=8, context=256)
    with Session.open(config) as session:
        ask(session, [user("Count to ten.")], greedy(12))
        guesser = session._speculation.guesser
        learnt = {origin: c.to_lists() for origin, c in guesser.calibrations.items()}
    assert np.sum(learnt[Origin.TREE]) > 0
    with Session.open(config) as session:
        guesser = session._speculation.guesser
        assert {origin: c.to_lists() for origin, c in guesser.calibrations.items()} == learnt


def test_a_session_without_a_draft_guesses_from_the_text_where_it_may(smollm2: Path) -> None:
    expected = {
        Mode.OFF: (PLAIN, False),
        Mode.CHAIN: (PLAIN, False),
        Mode.TREE: (NGRAM, True),
        Mode.AUTO: (PLAIN, True),
    }
    with Session.open(pair_config(smollm2, None, budget=8, context=256)) as session:
        assert session.costs.draft == ()
        for mode, (planned, suggests) in expected.items():
            session.use(SpeculationConfig(mode=mode, budget=8))
            speculation = session._speculation
            plan = speculation.planner.plan(np.zeros(0, dtype=np.float32))
            assert (plan.mode, plan.shape) == (planned, None)
            assert speculation.suggestions is suggests
            assert ("no draft model" in plan.reason) is (mode is not Mode.OFF)
        session.use(SpeculationConfig(mode=Mode.TREE, budget=8, suggestions=False))
        assert session._speculation.suggestions is False


def test_another_mode_uses_the_same_caches(smollm2: Path, low_bit: Path) -> None:
    with Session.open(pair_config(smollm2, low_bit, budget=8, context=256)) as session:
        target = session._speculation.target
        for mode, planned in ((Mode.TREE, TREE), (Mode.CHAIN, CHAIN), (Mode.OFF, PLAIN)):
            session.use(SpeculationConfig(mode=mode, budget=8))
            speculation = session._speculation
            assert speculation.target is target
            assert speculation.planner.plan(np.zeros(0, dtype=np.float32)).mode == planned

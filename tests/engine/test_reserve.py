"""What a session reserves follows its mode, and what it learns outlives it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.config import Mode, ModelConfig, SessionConfig, SpeculationConfig
from engine.events import Origin
from engine.isolated.session import IsolatedSession
from engine.learned import recall
from engine.llama.model import LlamaModel
from engine.planner import CHAIN, NGRAM, PLAIN, TREE
from engine.session import Session
from tests.engine.sessions import (
    CPU,
    ask,
    assert_same_up_to_near_ties,
    greedy,
    pair_config,
    user,
)

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


def test_a_draft_that_keeps_a_running_state_is_not_used_and_the_reason_says_so(
    smollm2: Path, low_bit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_back = property(lambda model: model.config.path != low_bit)
    monkeypatch.setattr(LlamaModel, "can_take_back", taken_back)
    with Session.open(pair_config(smollm2, low_bit, budget=8, context=256)) as session:
        assert session.costs.draft == ()
        session.use(SpeculationConfig(mode=Mode.CHAIN, budget=8))
        reply = ask(session, [user("Count to ten.")], greedy(12))
        assert reply.stats.tokens == 12
        assert "the draft keeps a running state" in reply.stats.reason


def test_another_mode_uses_the_same_caches(smollm2: Path, low_bit: Path) -> None:
    with Session.open(pair_config(smollm2, low_bit, budget=8, context=256)) as session:
        target = session._speculation.target
        for mode, planned in ((Mode.TREE, TREE), (Mode.CHAIN, CHAIN), (Mode.OFF, PLAIN)):
            session.use(SpeculationConfig(mode=mode, budget=8))
            speculation = session._speculation
            assert speculation.target is target
            assert speculation.planner.plan(np.zeros(0, dtype=np.float32)).mode == planned


def three_models(smollm2: Path, low_bit: Path) -> SessionConfig:
    """The target drafts for itself, helped by its copy."""
    pair = pair_config(smollm2, smollm2, budget=8, context=256)
    return replace(pair, helper=ModelConfig(path=low_bit, placement=CPU))


def test_a_third_model_guesses_for_the_draft_and_the_text_stays(
    smollm2: Path, low_bit: Path
) -> None:
    with Session.open(three_models(smollm2, low_bit)) as session:
        assert session.info.draft_name == f"{smollm2.stem} + {low_bit.stem}"
        assert len(session.costs.helper) > 0
        drafter = session._speculation.guesser.drafter
        assert drafter is not None
        assert drafter.staging is not None
        assert drafter.helper is not None
        drafter.staging._gain = 1e9  # whatever it costs here
        passes = drafter.helper.model.seconds
        helped = ask(session, [user("Count to ten.")], greedy(24))
        assert drafter.helper.model.seconds > passes
        assert helped.stats.draft_seconds > 0
        assert drafter.seconds == drafter.model.seconds + drafter.helper.model.seconds
        session.use(SpeculationConfig(mode=Mode.OFF, budget=8))
        session.forget()
        plain = ask(session, [user("Count to ten.")], greedy(24))
        assert_same_up_to_near_ties(plain.choices, helped.choices)
        learned_file = session._models.learned_file
    learned = recall(learned_file)
    assert len(learned.helper_cost) > 0
    assert learned.helper is not None
    assert session._models.helper is not None
    assert session._models.helper._handle is None, "it is freed"


def test_a_third_model_works_in_a_process_of_its_own(smollm2: Path, low_bit: Path) -> None:
    config = three_models(smollm2, low_bit)
    with IsolatedSession.open(config) as session:
        assert len(session.costs.helper) > 0
        assert session.info.draft_name == f"{smollm2.stem} + {low_bit.stem}"

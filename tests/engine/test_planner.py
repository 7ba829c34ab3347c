"""Plans on cost curves whose best answer is known."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import Mode, SpeculationConfig
from engine.events import RoundStats
from engine.latency import CostCurve
from engine.planner import (
    CHAIN,
    NGRAM,
    PLAIN,
    TREE,
    Chances,
    DraftForecast,
    Plan,
    Planner,
    make_planner,
)

NO_DRAFT = "because no draft model is loaded"
NOTHING: Chances = np.zeros(0, dtype=np.float32)
FREE_DRAFT = {1: 1e-6}


def chances(*values: float) -> Chances:
    return np.array(sorted(values, reverse=True), dtype=np.float32)


def curve(points: dict[int, float]) -> CostCurve:
    return CostCurve(points.items())


def steady(per_row: float, rows: int = 600) -> dict[int, float]:
    """One second for the first row, and the same for each further one."""
    return {1: 1.0, rows: 1.0 + per_row * (rows - 1)}


def planner_for(
    target: dict[int, float],
    draft: dict[int, float] | None = None,
    *,
    mode: Mode = Mode.AUTO,
    budget: int = 64,
    suggestions: bool = True,
    learnt: tuple[float, float] | None = None,
) -> Planner:
    config = SpeculationConfig(mode=mode, budget=budget, suggestions=suggestions)
    forecast = None if draft is None else DraftForecast(curve(draft), learnt)
    return make_planner(config, curve(target), forecast, no_draft=NO_DRAFT)


def round_(accepted: int, *, draft: float = 0.0, target: float = 1.0) -> RoundStats:
    return RoundStats(
        mode=TREE,
        reason="",
        nodes=accepted + 1,
        leaves=0,
        depth=0,
        accepted=accepted,
        draft_seconds=draft,
        target_seconds=target,
        other_seconds=0.0,
    )


# The settings' own modes.


@pytest.mark.parametrize("draft", [FREE_DRAFT, None])
def test_off_is_plain_whatever_there_is(draft: dict[int, float] | None) -> None:
    plan = planner_for(steady(0), draft, mode=Mode.OFF).plan(chances(0.9))
    assert (plan.mode, plan.shape, plan.budget) == (PLAIN, None, 0)


def test_a_chosen_chain_is_no_longer_than_the_budget_and_has_one_child_a_node() -> None:
    for budget in (1, 5, 600):
        plan = planner_for(steady(1), FREE_DRAFT, mode=Mode.CHAIN, budget=budget).plan(NOTHING)
        assert plan.mode == CHAIN
        assert plan.shape is not None
        assert plan.shape.children == 1
        assert 1 <= plan.shape.budget == plan.shape.max_depth == plan.budget <= budget


def test_a_chosen_tree_has_the_chosen_budget_where_auto_would_not_draft() -> None:
    for budget in (1, 64, 600):
        planner = planner_for(steady(1), {1: 10.0}, mode=Mode.TREE, budget=budget)
        plan = planner.plan(NOTHING)
        assert plan.mode == TREE
        assert plan.shape is not None
        assert plan.shape.budget == plan.budget == budget
        assert planner.nodes_worth_scoring(plan, chances(*[0.01] * 5)) == min(5, budget)


@pytest.mark.parametrize(
    ("mode", "suggestions", "expected"),
    [
        (Mode.TREE, True, NGRAM),
        (Mode.TREE, False, PLAIN),
        (Mode.CHAIN, True, PLAIN),
        (Mode.AUTO, True, PLAIN),
    ],
)
def test_without_a_draft_a_plan_says_so(mode: Mode, suggestions: bool, expected: str) -> None:
    plan = planner_for(steady(0.1), mode=mode, suggestions=suggestions).plan(NOTHING)
    assert (plan.mode, plan.shape, plan.reason) == (expected, None, NO_DRAFT)


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.CHAIN, Mode.TREE])
def test_a_chosen_mode_stays_whatever_happens(mode: Mode) -> None:
    planner = planner_for(steady(1), FREE_DRAFT, mode=mode)
    plan = planner.plan(NOTHING)
    for _ in range(200):
        planner.observe(plan, round_(0, draft=100.0))
    assert planner.plan(chances(0.9)) == plan


# What auto picks.


def test_where_each_row_costs_a_pass_auto_is_plain() -> None:
    """A resident pair on a CPU: even sure guesses gain nothing."""
    planner = planner_for(steady(1.0), steady(1.0))
    assert planner.plan(NOTHING).mode == PLAIN
    assert planner.plan(chances(0.9, 0.9, 0.8)).mode == PLAIN


@pytest.mark.parametrize(("per_row", "worth"), [(0.05, 4), (0.2, 3), (0.45, 2), (0.7, 1)])
def test_without_a_draft_the_text_guesses_as_far_as_it_pays(per_row: float, worth: int) -> None:
    guessed = chances(0.8, 0.6, 0.3, 0.1)
    for draft in (None, {1: 50.0}):
        plan = planner_for(steady(per_row), draft).plan(guessed)
        assert (plan.mode, plan.shape, plan.budget) == (NGRAM, None, worth)
        assert "repeats" in plan.reason


def test_where_rows_are_free_auto_grows_the_largest_tree() -> None:
    """A streamed target: the pass waits for the disk whatever its batch."""
    for budget in (5, 64, 600):
        plan = planner_for(steady(0.0), FREE_DRAFT, budget=budget).plan(NOTHING)
        assert (plan.mode, plan.budget) == (TREE, budget)
        assert plan.shape is not None
        assert plan.shape.budget == budget
        assert "times as fast as plain" in plan.reason


def test_a_draft_that_costs_as_much_as_it_saves_is_left_alone() -> None:
    assert planner_for(steady(0.0), {1: 10.0}).plan(NOTHING).mode == PLAIN
    assert planner_for(steady(0.0), {1: 10.0}).plan(chances(0.9)).mode == NGRAM


FALLING = chances(*(0.9 * 0.97**rank for rank in range(600)))


def test_the_dearer_a_row_the_smaller_the_tree_until_none_is_left() -> None:
    sizes = []
    for per_row in (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0):
        planner = planner_for(steady(per_row), FREE_DRAFT, budget=600)
        plan = planner.plan(NOTHING)
        sizes.append(planner.nodes_worth_scoring(plan, FALLING))
    assert all(larger >= smaller for larger, smaller in pairwise(sizes))
    assert sizes[0] == 600
    assert len(set(sizes)) > 3
    assert plan.mode == PLAIN


def test_a_steep_step_in_the_costs_keeps_the_tree_before_it() -> None:
    """llama.cpp moves weights to the GPU for batches of 32 rows and more."""
    planner = planner_for({1: 1.0, 31: 1.1, 32: 40.0, 600: 40.1}, FREE_DRAFT)
    plan = planner.plan(NOTHING)
    assert plan.mode == TREE
    assert planner.nodes_worth_scoring(plan, FALLING) == 30


def test_suggestions_that_beat_the_draft_go_without_it() -> None:
    planner = planner_for(steady(0.001), {1: 0.5})
    assert planner.plan(NOTHING).mode == TREE
    assert planner.plan(chances(*[0.95] * 30)).mode == NGRAM


curves = st.dictionaries(st.sampled_from([1, 4, 16, 32, 65, 601]), st.floats(1e-4, 100), min_size=1)
anything = st.lists(st.floats(0, 1), max_size=140).map(lambda values: chances(*values))
histories = st.lists(st.tuples(st.integers(0, 20), st.floats(0, 10), st.floats(1e-4, 10)))


@given(
    costs=st.tuples(curves, st.none() | curves),
    mode=st.sampled_from(Mode),
    budget=st.integers(1, 600),
    history=histories,
    guessed=st.tuples(anything, anything),
)
@settings(max_examples=60)
def test_every_plan_is_within_the_budget_and_says_why_in_words(
    costs: tuple[dict[int, float], dict[int, float] | None],
    mode: Mode,
    budget: int,
    history: list[tuple[int, float, float]],
    guessed: tuple[Chances, Chances],
) -> None:
    (target, draft), (suggested, merged) = costs, guessed
    planner = planner_for(target, draft, mode=mode, budget=budget)
    for accepted, drafting, scoring in history:
        plan = planner.plan(suggested)
        planner.observe(plan, round_(accepted, draft=drafting, target=scoring))
    plan = planner.plan(suggested)
    assert plan.mode in {PLAIN, NGRAM, CHAIN, TREE}
    assert 0 <= plan.budget <= budget
    assert 0 <= planner.nodes_worth_scoring(plan, merged) <= min(plan.budget, len(merged))
    assert_in_words(plan)
    if plan.shape is not None:
        assert draft is not None
        assert plan.shape.budget <= budget
        assert plan.shape.max_depth <= SpeculationConfig().max_depth


def assert_in_words(plan: Plan) -> None:
    assert re.fullmatch(r"[a-z][\w .,:']+\w", plan.reason), plan.reason
    assert len(plan.reason.split()) >= 4
    assert not re.search(r"none|nan|\binf\b|_", plan.reason, re.IGNORECASE), plan.reason


# Which nodes go to the target.


def gain(count: int, guessed: Chances, cost: CostCurve, speed: float) -> float:
    """Tokens of a round less what its seconds would give at `speed`."""
    seconds = cost.seconds(count + 1)
    assert seconds is not None
    return 1 + float(guessed[:count].sum(dtype=np.float64)) - speed * seconds


@given(
    extra=st.dictionaries(st.sampled_from([2, 8, 16, 32, 65]), st.floats(0.0, 3.0)),
    guessed=st.lists(st.floats(0, 1), max_size=64).map(lambda values: chances(*values)),
    accepted=st.integers(0, 6),
)
def test_the_nodes_scored_are_the_best_of_all_counts(
    extra: dict[int, float], guessed: Chances, accepted: int
) -> None:
    """At the speed that many equal rounds have shown, and never below plain speed."""
    points = {1: 1.0} | {rows: 1.0 + more for rows, more in extra.items()}
    planner = planner_for(points, FREE_DRAFT, budget=600)
    plan = Plan(TREE, "test", None, budget=600)
    for _ in range(200):
        planner.observe(plan, round_(accepted))
    found = planner.nodes_worth_scoring(plan, guessed)
    cost = curve(points)
    pass_seconds = cost.seconds(round_(accepted).nodes + 1)
    assert pass_seconds is not None
    speed = max((accepted + 1) / pass_seconds, 1.0)
    best = max(gain(count, guessed, cost, speed) for count in range(len(guessed) + 1))
    assert gain(found, guessed, cost, speed) == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("slowness", [0.5, 3.0])
def test_rows_cost_as_much_of_a_token_when_the_whole_machine_is_slower(slowness: float) -> None:
    guessed = chances(0.9, 0.7, 0.5, 0.2, 0.1)
    counts = []
    for pass_seconds in (1.4, 1.4 * slowness):
        planner = planner_for(steady(0.2), FREE_DRAFT)
        plan = Plan(TREE, "test", None, budget=64)
        for _ in range(50):
            planner.observe(plan, round_(1, target=pass_seconds))
        counts.append(planner.nodes_worth_scoring(plan, guessed))
    assert counts[0] == counts[1] == 3


# What auto learns.


def draft_worth(share: float) -> dict[int, float]:
    """Costs of a draft whose best tree of 4 nodes has this share of plain speed, flat target."""
    unit = DraftForecast(curve({1: 1.0}))
    return {1: (unit.tokens(4) / share - 1) / unit.seconds(4)}


def rounds_with_draft(planner: Planner, rounds: int, stats: RoundStats) -> list[int]:
    """Numbers of the rounds that drafted, each of which gave `stats`; the others are plain."""
    drafted = []
    for number in range(rounds):
        plan = planner.plan(NOTHING)
        drafted += [number] if plan.shape is not None else []
        planner.observe(plan, stats if plan.shape is not None else round_(0))
    return drafted


def test_a_draft_that_is_a_little_too_slow_is_tried_again_sparingly() -> None:
    cost = draft_worth(0.8)
    stats = round_(1, draft=DraftForecast(curve(cost)).seconds(4))
    tried = rounds_with_draft(planner_for(steady(0.0), cost, budget=4), 1000, stats)
    assert 1 <= len(tried) <= 50
    assert tried[0] >= 20
    assert all(later - earlier >= 20 for earlier, later in pairwise(tried))


def test_a_hopeless_draft_is_never_tried() -> None:
    planner = planner_for(steady(0.0), draft_worth(0.1), budget=4)
    assert rounds_with_draft(planner, 1000, round_(4)) == []


def test_trials_take_a_hundredth_of_the_time_however_far_the_draft_is_behind() -> None:
    cost = draft_worth(0.8)
    forecast = DraftForecast(curve(cost))
    behind = 5000
    reading = forecast.catch_up_seconds(behind)
    assert reading > 5 * forecast.seconds(4), "reading decides here"
    planner = planner_for(steady(0.0), cost, budget=4)
    plain_seconds, trials = 0.0, 0
    for _ in range(10_000):
        plan = planner.plan(NOTHING, behind)
        if plan.shape is None:
            planner.observe(plan, round_(0))
            plain_seconds += 1.0
        else:
            planner.observe(plan, round_(1, draft=reading + forecast.seconds(4)))
            trials += 1
    assert trials >= 1
    assert trials * reading < 0.0101 * plain_seconds


def test_a_draft_that_must_read_much_first_waits_for_a_gain_worth_it() -> None:
    planner = planner_for(steady(0.0), {1: 0.1, 256: 20.0})
    assert planner.plan(NOTHING, behind=1).mode == TREE
    assert planner.plan(NOTHING, behind=256).mode == TREE, "20 s, in a reply of 128 s without it"
    assert planner.plan(NOTHING, behind=256 * 8).mode == PLAIN


def test_reading_is_not_taken_for_slow_growing() -> None:
    forecast = DraftForecast(curve({1: 0.1, 256: 5.0}))
    expected = forecast.seconds(16)
    stats = replace(round_(4, draft=10.0 + expected), nodes=16)
    forecast.observe(stats, behind=512)
    assert forecast.seconds(16) == pytest.approx(expected)


def test_a_trial_that_pays_brings_the_draft_back() -> None:
    planner = planner_for(steady(0.0), draft_worth(0.8), budget=4)
    tried = rounds_with_draft(planner, 400, round_(4))
    assert tried[-10:] == list(range(390, 400))


def test_a_draft_that_is_never_right_is_given_up() -> None:
    planner = planner_for(steady(0.0), {1: 0.05})
    assert planner.plan(NOTHING).mode == TREE
    tried = rounds_with_draft(planner, 500, round_(0, draft=0.3))
    assert 1 <= len(tried) < 100


def test_suggestions_that_are_never_right_cost_a_fiftieth_at_most() -> None:
    """Whatever chance they are given: where that is wrong, what they cost decides."""
    planner = planner_for(steady(0.1))
    seconds, tokens, waited = 0.0, 0, set[str]()
    for _ in range(1000):
        plan = planner.plan(chances(0.9, 0.8, 0.7))
        nodes = planner.nodes_worth_scoring(plan, chances(0.9, 0.8, 0.7)) if plan.budget else 0
        took = 1.0 + 0.1 * nodes
        planner.observe(plan, replace(round_(0, target=took), nodes=nodes, mode=plan.mode))
        seconds, tokens = seconds + took, tokens + 1
        waited |= {plan.reason} if plan.mode == PLAIN else set()
    assert 1 < seconds / tokens < 1.02
    assert waited == {"because the latest guesses cost more than they saved"}


def test_what_was_learnt_of_a_draft_outlives_a_start() -> None:
    forecast = DraftForecast(curve({1: 0.1}))
    for _ in range(50):
        forecast.observe(replace(round_(9, draft=2.0), nodes=16))
    again = DraftForecast(curve({1: 0.1}), forecast.state)
    assert again.tokens(16) == forecast.tokens(16) == pytest.approx(10, rel=0.05)
    assert again.seconds(16) == forecast.seconds(16) == pytest.approx(2.0, rel=0.05)


def test_a_forecast_of_more_nodes_is_more_tokens_and_more_seconds() -> None:
    forecast = DraftForecast(curve({1: 0.1, 32: 0.2}))
    sizes = (1, 4, 16, 64, 256, 600)
    for smaller, larger in pairwise(sizes):
        assert forecast.tokens(smaller) <= forecast.tokens(larger)
        assert forecast.seconds(smaller) < forecast.seconds(larger)

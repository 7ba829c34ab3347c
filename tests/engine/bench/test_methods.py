"""Each method on fakes: the same greedy text, by the passes and trees of its rule."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import pytest

from engine.bench.methods import NAMES, methods, speculation_config, vary
from engine.bench.record import Method
from engine.cancel import CancelToken
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.events import RoundStats
from engine.generate import Reply, generate
from engine.latency import CostCurve
from engine.planner import DraftForecast, Plan, make_planner
from engine.sample import Sampler
from tests.engine.trees import Pair, fixed, make_pair, plain_reply
from tests.fakes import FakeModel

GREEDY: Final = SamplingConfig(temperature=0, max_tokens=30)
PROMPT: Final = [1, 2, 5, 1, 2]
CONFIG: Final = SpeculationConfig()
WHY_NOT: Final = "because no draft model is loaded"


class FreeRows(CostCurve):
    """A pass takes as long with many rows as with one: every guess pays."""

    def observe(self, rows: int, seconds: float) -> None:
        """What fakes take says nothing."""


@dataclass
class Outcome:
    pair: Pair
    tokens: list[int]
    rounds: list[RoundStats]


def run(
    method: Method, *, noise: float = 0.2, with_draft: bool = True, largest: int = 16
) -> Outcome:
    """A reply by a method, under the mode that `bench` chooses for it."""
    pair = make_pair(
        fixed(Plan("plain", "")),
        target=FakeModel(),
        draft=FakeModel(noise=noise),
        ends=set(),
        suggestions=True,
    )
    own = pair.speculation
    own.target.curve = FreeRows([(1, 1.0), (17, 1.0)])
    drafter = own.guesser.drafter
    assert drafter is not None
    forecast = DraftForecast(drafter.model.curve) if with_draft else None
    if not with_draft:
        own = replace(own, guesser=replace(own.guesser, drafter=None))
    config = speculation_config(method, largest)
    planner = make_planner(config, own.target.curve, forecast, no_draft=WHY_NOT)
    own = replace(own, planner=planner, suggestions=config.mode in (Mode.TREE, Mode.AUTO))
    varied = vary(own, method, config, GREEDY)
    list(varied.prefix.advance(PROMPT[:-1], CancelToken()))
    reply = Reply(list(PROMPT), Sampler(GREEDY, PROMPT), set().__contains__, GREEDY.max_tokens)
    rounds = list(generate(varied, reply, CancelToken()))
    assert len(reply.tokens) == len(PROMPT) + GREEDY.max_tokens
    return Outcome(pair, reply.tokens[len(PROMPT) :], [round_.stats for round_ in rounds])


@pytest.mark.parametrize("with_draft", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_every_method_writes_the_plain_text(name: str, *, with_draft: bool) -> None:
    outcome = run(Method(name, 8), with_draft=with_draft)
    assert outcome.tokens == plain_reply(outcome.pair.target, PROMPT, GREEDY, set())


def test_plain_has_no_tree_and_no_draft() -> None:
    outcome = run(Method("off"))
    assert all((stats.mode, stats.nodes) == ("plain", 0) for stats in outcome.rounds)
    assert outcome.pair.draft.passes == 0


@pytest.mark.parametrize("length", [3, 8, 20])
def test_a_chain_has_the_length_asked_for_and_one_leaf(length: int) -> None:
    first = run(Method("chain", length)).rounds[0]
    assert (first.mode, first.nodes, first.leaves, first.depth) == ("chain", length, 1, length)
    assert first.widths == (1,) * length


def test_specinfer_has_the_same_tree_in_every_round() -> None:
    outcome = run(Method("specinfer", 20))
    assert {stats.mode for stats in outcome.rounds} == {"specinfer"}
    whole = [stats for stats in outcome.rounds if stats.depth == 8]
    assert whole
    assert {stats.widths for stats in whole} == {(1, 1, 3, 3, 3, 3, 3, 3)}


def test_ngram_uses_no_draft_though_one_is_loaded() -> None:
    outcome = run(Method("ngram"))
    assert {stats.mode for stats in outcome.rounds} == {"plain", "n-gram"}
    assert outcome.pair.draft.passes == 0


def test_ngram_keeps_to_the_room_that_is_reserved() -> None:
    assert max(stats.nodes for stats in run(Method("ngram"), largest=2).rounds) == 2


def test_a_tree_keeps_to_its_budget() -> None:
    outcome = run(Method("tree", 12))
    assert max(stats.nodes for stats in outcome.rounds) == 12


@pytest.mark.parametrize("name", ["chain", "specinfer"])
def test_where_the_draft_cannot_be_used_a_rule_that_needs_it_runs_plain_and_says_why(
    name: str,
) -> None:
    outcome = run(Method(name, 8), with_draft=False)
    assert {(stats.mode, stats.reason) for stats in outcome.rounds} == {("plain", WHY_NOT)}


@pytest.mark.parametrize("name", ["chain", "specinfer"])
def test_other_programs_do_not_draft_under_the_target(name: str) -> None:
    pair = make_pair(fixed(Plan("plain", "")), target=FakeModel(), draft=FakeModel(), ends=set())
    with ThreadPoolExecutor(1) as pool:
        own = replace(pair.speculation, background=pool)
        assert vary(own, Method(name, 8), CONFIG, GREEDY).background is None
        assert vary(own, Method("tree", 8), CONFIG, GREEDY).background is pool


def test_specinfer_leaves_what_the_session_learnt_alone() -> None:
    """Its draws are no measure of what the session's own trees are worth."""
    pair = make_pair(fixed(Plan("plain", "")), target=FakeModel(), draft=FakeModel(), ends=set())
    varied = vary(pair.speculation, Method("specinfer", 8), CONFIG, GREEDY)
    own, other = pair.speculation.guesser.calibrations, varied.guesser.calibrations
    assert all(own[origin] is not other[origin] for origin in own)


def test_sizes_belong_to_the_methods_that_have_one() -> None:
    found = methods(("off", "chain", "specinfer", "tree", "auto"), (16, 64), (3, 8))
    assert [method.label for method in found] == [
        "off",
        "chain 3",
        "chain 8",
        "specinfer 16",
        "specinfer 64",
        "tree 16",
        "tree 64",
        "auto",
    ]

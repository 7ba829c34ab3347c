"""SpecInfer on fakes: the target's distribution, exact KV caches, and the paper's trees."""

from collections import Counter
from functools import partial
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.accept import walk_tree
from engine.bench.methods import speculation_config, vary
from engine.bench.record import Method
from engine.bench.specinfer_choice import MultiStepChoice, choose
from engine.bench.specinfer_draws import ChildDraws, Distribution
from engine.bench.specinfer_tree import expansion
from engine.cancel import CancelToken
from engine.config import SamplingConfig
from engine.draft_tree import ROOT, DraftTree
from engine.errors import Cancelled
from engine.flat_batch import FlatBatch
from engine.generate import Reply, generate
from engine.grow_tree import TreeShape
from engine.planner import Plan
from engine.ports import FloatRows
from engine.sample import Sampler
from tests.engine.trees import Pair, fixed, make_pair, plain_reply, run_reply
from tests.fakes import FakeModel

CHI_SQUARE_8_999: Final = 26.1
"""The critical value at 0.999 for 8 degrees of freedom."""
NEVER: Final = np.zeros(0, dtype=np.int32)


def _pair(
    budget: int,
    sampling: SamplingConfig,
    *,
    seed: int = 0,
    noise: float = 0.3,
    ends: set[int],
) -> Pair:
    pair = make_pair(
        fixed(Plan("plain", "")),
        target=FakeModel(seed=seed),
        draft=FakeModel(seed=seed, noise=noise),
        ends=ends,
    )
    method = Method("specinfer", budget)
    config = speculation_config(method, budget)
    pair.speculation = vary(pair.speculation, method, config, sampling)
    return pair


def test_the_papers_expansion_has_twenty_nodes() -> None:
    assert expansion(TreeShape(budget=20)) == (1, 1, 3, 1, 1, 1, 1, 1)


@given(budget=st.integers(1, 600), leaves=st.integers(1, 256), depth=st.integers(1, 40))
@settings(max_examples=60)
def test_an_expansion_keeps_to_its_bounds(budget: int, leaves: int, depth: int) -> None:
    levels = expansion(TreeShape(budget=budget, max_leaves=leaves, max_depth=depth))
    widths = np.cumprod(levels)
    assert 0 < len(levels) <= depth
    assert widths.sum() <= budget
    assert widths[-1] <= leaves


def test_a_larger_budget_is_mostly_used() -> None:
    for budget in (16, 64, 128, 256, 600):
        assert np.cumprod(expansion(TreeShape(budget=budget))).sum() > 0.85 * budget


@given(
    budget=st.integers(1, 40),
    sampling=st.builds(
        SamplingConfig,
        temperature=st.just(0.0),
        repeat_penalty=st.sampled_from([1.0, 1.3]),
        max_tokens=st.integers(1, 40),
    ),
    seed=st.integers(0, 50),
    noise=st.sampled_from([0.0, 0.3, 1.0]),
    prompt=st.lists(st.integers(0, 11), min_size=1, max_size=9),
)
@settings(max_examples=60)
def test_a_greedy_reply_is_the_plain_one(
    budget: int, sampling: SamplingConfig, seed: int, noise: float, prompt: list[int]
) -> None:
    pair = _pair(budget, sampling, seed=seed, noise=noise, ends={3})
    reply = run_reply(pair, prompt, sampling, {3})
    assert reply == plain_reply(pair.target, prompt, sampling, {3})
    assert all(cell.slots == {0} for cell in pair.target.cells + pair.draft.cells)


@given(
    budget=st.integers(1, 40),
    seed=st.integers(0, 50),
    temperature=st.sampled_from([0.0, 0.6, 1.0]),
)
@settings(max_examples=40)
def test_both_caches_hold_the_reply_and_the_target_decodes_nothing_twice(
    budget: int, seed: int, temperature: float
) -> None:
    sampling = SamplingConfig(temperature=temperature, top_k=0, max_tokens=30, seed=seed)
    pair = _pair(budget, sampling, seed=seed, ends=set())
    reply = run_reply(pair, [1, 2], sampling, set())
    text = (1, 2, *reply)
    assert len(reply) == 30
    assert pair.target.seen(0) == text[:-1]
    assert text[: len(pair.draft.seen(0))] == pair.draft.seen(0)
    assert len(pair.target.decoded) == len(set(pair.target.decoded))


def test_a_perfect_draft_is_always_accepted() -> None:
    """The ratio of its probabilities is 1: eight levels and a bonus in each pass."""
    sampling = SamplingConfig(temperature=0.8, seed=5, max_tokens=36)
    pair = _pair(20, sampling, noise=0.0, ends=set())
    assert len(run_reply(pair, [1, 2], sampling, set())) == 36
    assert pair.target.passes == 1 + 4, "a prompt pass, then nine tokens per pass"


@pytest.mark.parametrize("children", [1, 2, 3])
def test_sampling_through_drawn_trees_keeps_the_targets_distribution(
    children: int,
) -> None:
    """Chi-square over pairs of tokens: trees of a bad draft against the exact probabilities.

    Where the first token leaves the tree, the second is the next round's.
    """
    config = SamplingConfig(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, seed=7)
    target = _rows(FakeModel(vocabulary_size=3, sharpness=1.0))
    draft = _rows(FakeModel(vocabulary_size=3, sharpness=1.5, seed=9))
    random = np.random.default_rng(3)
    draws, sampler = ChildDraws(config, NEVER, random), Sampler(config)
    rounds = 6_000
    seen: Counter[tuple[int, ...]] = Counter()
    for _ in range(rounds):
        tree, sources = _drawn_tree(draws, draft, children)
        firsts = [(), *((int(tree.token[tree.path(n)[0]]),) for n in range(len(tree)))]
        logits = np.array([target[first] for first in firsts])
        choice = MultiStepChoice(partial(_itself, sources), random)
        tokens = walk_tree(tree, logits, sampler, lambda _: False, 2, choose=choice).tokens
        seen[tokens if len(tokens) == 2 else (*tokens, sampler.sample(target[tokens]))] += 1
    expected = {
        (first, second): _softmax(target[()])[first] * _softmax(target[first,])[second]
        for first in range(3)
        for second in range(3)
    }
    statistic = sum(
        (seen[pair] - rounds * chance) ** 2 / (rounds * chance) for pair, chance in expected.items()
    )
    assert statistic < CHI_SQUARE_8_999


def _itself(sources: dict[int, Distribution]) -> dict[int, Distribution]:
    return sources


def _rows(model: FakeModel) -> dict[tuple[int, ...], NDArray[np.float32]]:
    """Logits at the root, token 0, and after each token below it."""
    contexts: list[tuple[int, ...]] = [(), (0,), (1,), (2,)]
    return {path: model.logits_after([0, *path]).astype(np.float32) for path in contexts}


def _drawn_tree(
    draws: ChildDraws, draft: dict[tuple[int, ...], NDArray[np.float32]], children: int
) -> tuple[DraftTree, dict[int, Distribution]]:
    """Two levels; `sources` is what the children of each inner node were drawn from."""
    nodes: list[tuple[int, int, float]] = []
    sources: dict[int, Distribution] = {}
    for parent in (ROOT, *range(children)):
        path = () if parent == ROOT else (nodes[parent][0],)
        drawn = draws.draw(draft[path], children)
        assert drawn.source is not None
        sources[parent] = drawn.source
        nodes += [
            (token, parent, -float(depth)) for depth, token in enumerate(drawn.tokens.tolist())
        ]
    return DraftTree.build(nodes), sources


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    weights = np.exp(logits.astype(np.float64))
    chances: NDArray[np.float64] = weights / weights.sum()
    return chances


@given(seed=st.integers(0, 30), rounds=st.integers(0, 5))
@settings(max_examples=25)
def test_a_stop_in_the_middle_leaves_caches_that_the_next_turn_can_trust(
    seed: int, rounds: int
) -> None:
    sampling = SamplingConfig(temperature=0, max_tokens=9)
    pair = _pair(20, sampling, seed=seed, ends={3})
    reply = Reply([1, 2], Sampler(sampling), lambda _: False, 40)
    list(pair.speculation.prefix.advance([1], CancelToken()))
    generator = generate(pair.speculation, reply, CancelToken())
    for _ in range(rounds):
        next(generator)
    generator.close()
    assert pair.target.seen(0) == tuple(reply.tokens[:-1])
    assert all(cell.slots == {0} for cell in pair.target.cells + pair.draft.cells)
    prompt = [*reply.tokens, 5, 6]
    assert run_reply(pair, prompt, sampling, {3}) == plain_reply(pair.target, prompt, sampling, {3})


def test_a_cancel_between_draft_passes_leaves_the_prefix() -> None:
    sampling = SamplingConfig(temperature=0)
    pair = _pair(20, sampling, ends=set())
    cancel = CancelToken()
    list(pair.speculation.prefix.advance([1], cancel))
    decode = pair.draft.decode

    def decode_then_cancel(batch: FlatBatch) -> FloatRows:
        cancel.cancel()
        return decode(batch)

    pair.draft.decode = decode_then_cancel  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        next(
            generate(
                pair.speculation,
                Reply([1, 2], Sampler(sampling), set().__contains__, 9),
                cancel,
            )
        )
    assert (pair.target.seen(0), pair.draft.seen(0)) == ((1,), (1, 2))
    assert all(cell.slots == {0} for cell in pair.draft.cells)


def test_a_rejected_draw_is_never_chosen_after_all() -> None:
    """What the target wanted less than the source offered it is gone from what is left."""
    random = np.random.default_rng(1)
    target = Distribution(np.array([0, 1]), np.array([0.1, 0.9]))
    source = Distribution(np.array([0, 1]), np.array([0.9, 0.1]))
    drawn = np.array([0], dtype=np.int32)
    zeros = sum(choose(target, source, drawn, random) == 0 for _ in range(2000))
    assert 150 < zeros < 300, "a ninth: only the draw itself can give 0"


def test_a_source_that_equals_the_target_accepts_its_first_draw() -> None:
    random = np.random.default_rng(1)
    same = Distribution(np.array([4, 7]), np.array([0.5, 0.5]))
    assert {choose(same, same, np.array([7], dtype=np.int32), random) for _ in range(50)} == {7}


def test_draws_are_in_the_order_of_chance_and_leave_out_what_may_not_be_drawn() -> None:
    """First draws follow the probabilities; none comes twice, none is impossible."""
    config = SamplingConfig(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)
    never = np.array([3], dtype=np.int32)
    draws = ChildDraws(config, never, np.random.default_rng(2))
    row = np.log(np.array([0.5, 0.3, 0.1, 0.1], dtype=np.float32))
    drawn = [draws.draw(row, 9) for _ in range(3000)]
    assert all(sorted(each.tokens.tolist()) == [0, 1, 2] for each in drawn)
    first = Counter(int(each.tokens[0]) for each in drawn)
    assert [first[token] / 3000 for token in range(3)] == pytest.approx(
        [5 / 9, 3 / 9, 1 / 9], abs=0.03
    )

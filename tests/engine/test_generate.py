"""The oracle: speculation changes the passes, never the text."""

from collections import Counter
from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.accept import walk_tree
from engine.cancel import CancelToken
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.draft_tree import DraftTree
from engine.errors import Cancelled, ContextFull
from engine.flatten_tree import flatten_tree
from engine.generate import Reply, generate
from engine.grow_tree import TreeShape, chain_shape
from engine.latency import CostCurve
from engine.planner import DraftForecast, Plan, make_planner
from engine.prefill import Prefix
from engine.sample import Sampler
from tests.engine.trees import Pair, draft_trees, fixed, make_pair, plain_reply, run_reply
from tests.fakes import FakeModel

CHI_SQUARE_999: Final = {1: 10.8, 2: 13.8, 3: 16.3, 4: 18.5, 5: 20.5, 6: 22.5, 7: 24.3, 8: 26.1}
"""Critical values at 0.999 by degrees of freedom."""

samplings = st.builds(
    SamplingConfig,
    temperature=st.sampled_from([0.0, 0.6, 1.0]),
    top_k=st.sampled_from([0, 5]),
    top_p=st.sampled_from([0.8, 1.0]),
    min_p=st.sampled_from([0.0, 0.1]),
    repeat_penalty=st.sampled_from([1.0, 1.3]),
    frequency_penalty=st.sampled_from([0.0, 0.5]),
    seed=st.integers(0, 1000),
    max_tokens=st.integers(1, 40),
)
shapes = st.one_of(
    st.builds(
        TreeShape,
        budget=st.integers(1, 40),
        max_depth=st.integers(1, 8),
        frontier=st.integers(1, 8),
        children=st.integers(1, 6),
    ),
    st.integers(1, 8).map(chain_shape),
)


def _pair(
    shape: TreeShape | None,
    *,
    seed: int = 0,
    noise: float = 0.3,
    slots: int = 16,
    ends: Set[int] = frozenset({3}),
    helper: float | None = None,
    suggestions: bool = False,
    background: ThreadPoolExecutor | None = None,
) -> Pair:
    """`helper`: the noise of a third model."""
    plan = Plan("tree", "test", shape, shape.budget if shape else 0)
    return make_pair(
        fixed(plan),
        target=FakeModel(seed=seed, slot_count=slots),
        draft=FakeModel(seed=seed, noise=noise, slot_count=slots),
        ends=set(ends),
        helper=None if helper is None else FakeModel(seed=seed, noise=helper, noise_seed=2),
        suggestions=suggestions,
        background=background,
    )


helpers = st.sampled_from([None, 0.0, 0.3, 1.0])


@given(
    shape=shapes,
    sampling=samplings,
    seed=st.integers(0, 50),
    noise=st.sampled_from([0.0, 0.3, 1.0]),
    slots=st.sampled_from([1, 2, 5, 16]),
    helper=helpers,
    suggestions=st.booleans(),
    hidden=st.booleans(),
    prompt=st.lists(st.integers(0, 11), min_size=1, max_size=9),
)
@settings(max_examples=120)
def test_a_seeded_reply_is_the_same_with_and_without_a_tree(
    *,
    shape: TreeShape,
    sampling: SamplingConfig,
    seed: int,
    noise: float,
    slots: int,
    helper: float | None,
    suggestions: bool,
    hidden: bool,
    prompt: list[int],
) -> None:
    """Also with a helper, guesses from the text itself, and drafting under the target pass."""
    with ThreadPoolExecutor(1) as pool:
        pair = _pair(
            shape,
            seed=seed,
            noise=noise,
            slots=slots,
            helper=helper,
            suggestions=suggestions,
            background=pool if hidden else None,
        )
        reply = run_reply(pair, prompt, sampling, {3})
    assert reply == plain_reply(pair.target, prompt, sampling, {3})
    assert all(cell.slots == {0} for cell in pair.target.cells + pair.draft.cells)


@given(shape=shapes, seed=st.integers(0, 20), noise=st.sampled_from([0.0, 0.3]))
@settings(max_examples=40)
def test_the_target_decodes_no_text_twice(shape: TreeShape, seed: int, noise: float) -> None:
    pair = _pair(shape, seed=seed, noise=noise)
    run_reply(pair, [1, 2], SamplingConfig(temperature=0, max_tokens=40), set())
    assert len(pair.target.decoded) == len(set(pair.target.decoded))


@given(length=st.integers(1, 8), seed=st.integers(0, 20))
@settings(max_examples=20)
def test_the_draft_decodes_no_text_twice(length: int, seed: int) -> None:
    pair = _pair(chain_shape(length), seed=seed)
    run_reply(pair, [1, 2], SamplingConfig(temperature=0, max_tokens=40), set())
    assert len(pair.draft.decoded) == len(set(pair.draft.decoded))


def test_a_perfect_draft_gives_a_whole_chain_and_a_bonus_in_each_pass() -> None:
    pair = _pair(chain_shape(4), noise=0.0, ends=set())
    reply = run_reply(pair, [1, 2], SamplingConfig(temperature=0, max_tokens=25), set())
    assert len(reply) == 25
    assert pair.target.passes == 1 + 5, "a prompt pass, then five tokens per pass"


@given(tree=draft_trees(), seed=st.integers(0, 30))
@settings(max_examples=80)
def test_a_flat_tree_gives_each_node_the_logits_of_its_path(tree: DraftTree, seed: int) -> None:
    tree = tree.select(tree.best(nodes=40, leaves=16))
    model = FakeModel(seed=seed)
    prefix = Prefix(model)
    list(prefix.advance([4, 5], CancelToken()))
    batch = flatten_tree(tree, 6, 2)
    for slot in range(1, batch.slots):
        model.fork(0, slot, 2)
    logits = model.decode(batch)
    for node in range(-1, len(tree)):
        path = [int(tree.token[n]) for n in tree.path(node)]
        expected = model.logits_after([4, 5, 6, *path])
        assert np.allclose(logits[node + 1], expected, atol=1e-5)


def test_sampling_through_a_tree_keeps_the_targets_distribution() -> None:
    """Chi-square over pairs of tokens: trees of a bad draft against the exact probabilities."""
    config = SamplingConfig(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, seed=7)
    target = FakeModel(vocabulary_size=3, sharpness=1.0)
    tree = DraftTree.build([(0, -1, -0.1), (2, -1, -0.2), (1, 0, -0.3), (0, 1, -0.4)])
    logits = np.array(
        [target.logits_after([0, *(int(tree.token[n]) for n in tree.path(i))]) for i in (-1, 0, 1)]
        + [np.zeros(3), np.zeros(3)],
        dtype=np.float32,
    )
    sampler = Sampler(config)
    rounds = 30_000
    seen = Counter(
        walk_tree(tree, logits, sampler, lambda _: False, limit=2).tokens for _ in range(rounds)
    )
    expected = _exact_outcomes(logits)
    assert seen.keys() <= expected.keys()
    statistic = sum(
        (seen[key] - rounds * chance) ** 2 / (rounds * chance) for key, chance in expected.items()
    )
    assert statistic < CHI_SQUARE_999[len(expected) - 1]


def _exact_outcomes(
    logits: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> dict[tuple[int, ...], float]:
    """Chances of what a walk of two tokens emits: nodes 0 and 2 are children of the root."""
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    outcomes: dict[tuple[int, ...], float] = {(1,): float(chances[0, 1])}
    for first, row in ((0, 1), (2, 2)):
        for second in range(3):
            outcomes[first, second] = float(chances[0, first] * chances[row, second])
    return outcomes


@given(rounds=st.integers(0, 6), shape=shapes, seed=st.integers(0, 20))
@settings(max_examples=40)
def test_a_stop_in_the_middle_leaves_caches_that_the_next_turn_can_trust(
    rounds: int, shape: TreeShape, seed: int
) -> None:
    pair = _pair(shape, seed=seed)
    cancel = CancelToken()
    reply = Reply([1, 2], Sampler(SamplingConfig(temperature=0)), lambda _: False, 40)
    list(pair.speculation.prefix.advance([1], cancel))
    generator = generate(pair.speculation, reply, cancel)
    for _ in range(rounds):
        next(generator)
    generator.close()
    assert pair.target.seen(0) == tuple(reply.tokens[:-1])
    assert all(cell.slots == {0} for cell in pair.target.cells + pair.draft.cells)
    sampling = SamplingConfig(temperature=0, max_tokens=9)
    prompt = [*reply.tokens, 5, 6]
    assert run_reply(pair, prompt, sampling, {3}) == plain_reply(pair.target, prompt, sampling, {3})


def test_a_cancel_between_draft_levels_is_an_outcome_that_leaves_the_prefix() -> None:
    pair = _pair(TreeShape(budget=20, frontier=2))
    cancel = CancelToken()
    list(pair.speculation.prefix.advance([1], cancel))
    decode = pair.draft.decode

    def decode_then_cancel(batch: object) -> object:
        cancel.cancel()
        return decode(batch)  # type: ignore[arg-type]

    pair.draft.decode = decode_then_cancel  # type: ignore[method-assign, assignment]
    reply = Reply([1, 2], Sampler(SamplingConfig(temperature=0)), lambda _: False, 40)
    with pytest.raises(Cancelled):
        next(generate(pair.speculation, reply, cancel))
    assert reply.tokens == [1, 2]
    assert pair.target.seen(0) == (1,)
    assert pair.draft.seen(0) == (1, 2)


def test_a_failed_pass_empties_both_caches_and_the_next_turn_works() -> None:
    pair = _pair(TreeShape(budget=4))
    pair.target.fail_after = 3
    with pytest.raises(ContextFull):
        run_reply(pair, [1, 2], SamplingConfig(temperature=0, max_tokens=30), set())
    assert not pair.target.cells
    assert not pair.draft.cells
    pair.target.fail_after = None
    sampling = SamplingConfig(temperature=0, max_tokens=9)
    assert run_reply(pair, [1, 2], sampling, {3}) == plain_reply(pair.target, [1, 2], sampling, {3})


def test_a_failed_pass_empties_the_helpers_cache_too() -> None:
    pair = _pair(TreeShape(budget=4), helper=0.0)
    drafter = pair.speculation.guesser.drafter
    helper = drafter.helper if drafter is not None else None
    assert helper is not None
    pair.target.fail_after = 3
    with pytest.raises(ContextFull):
        run_reply(pair, [1, 2], SamplingConfig(temperature=0, max_tokens=30), set())
    assert (helper.prefix.tokens, helper.start) == ([], 0)


def test_a_third_model_changes_who_guesses_and_not_the_text() -> None:
    prompt, sampling = [4, 5, 6, 7], SamplingConfig(temperature=0, max_tokens=60)
    replies, passes = [], []
    for helper in (None, 0.0):
        pair = _pair(chain_shape(8), noise=0.0, ends=set(), helper=helper)
        replies.append(run_reply(pair, prompt, sampling, set()))
        passes.append(pair.draft.passes)
    assert replies[0] == replies[1] == plain_reply(pair.target, prompt, sampling, set())
    assert passes[1] < passes[0]


def test_a_draft_with_a_shorter_context_only_stops_helping() -> None:
    pair = _pair(TreeShape(budget=6))
    pair.draft.context_length = 20
    sampling = SamplingConfig(temperature=0, max_tokens=60)
    assert run_reply(pair, [1, 2], sampling, {3}) == plain_reply(pair.target, [1, 2], sampling, {3})


@given(
    mode=st.sampled_from(list(Mode)),
    row_milliseconds=st.sampled_from([0.01, 1.0, 30.0]),
    sampling=samplings,
    seed=st.integers(0, 50),
    helper=helpers,
    hidden=st.booleans(),
    prompts=st.lists(st.lists(st.integers(4, 9), min_size=1, max_size=9), min_size=2, max_size=3),
)
@settings(max_examples=80)
def test_a_seeded_conversation_is_the_same_in_every_mode_after_any_other(
    *,
    mode: Mode,
    row_milliseconds: float,
    sampling: SamplingConfig,
    seed: int,
    helper: float | None,
    hidden: bool,
    prompts: list[list[int]],
) -> None:
    """Whatever was planned, learnt, kept in the caches and suggested by earlier conversations."""
    curve = CostCurve([(1, 1e-3), (100, 1e-3 * (1 + 99 * row_milliseconds))])
    config = SpeculationConfig(mode=mode, budget=12)
    planner = make_planner(config, curve, DraftForecast(curve), no_draft="")
    with ThreadPoolExecutor(1) as pool:
        pair = make_pair(
            planner,
            target=FakeModel(seed=seed),
            draft=FakeModel(seed=seed, noise=0.3),
            ends={3},
            helper=None if helper is None else FakeModel(seed=seed, noise=helper),
            suggestions=mode in (Mode.TREE, Mode.AUTO),
            background=pool if hidden else None,
        )
        suggester = pair.speculation.guesser.suggester
        suggester.keep_earlier(allowed=True)
        for prompt in prompts:
            suggester.begin(prompt, temporary=False)
            reply = run_reply(pair, prompt, sampling, {3})
            assert reply == plain_reply(pair.target, prompt, sampling, {3})

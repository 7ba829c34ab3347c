"""Growth against a naive best-first search on the same fake, one node at a time."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.draft_tree import DraftTree
from engine.flat_batch import run_batch
from engine.grow_tree import Growth, TreeShape, chain_shape
from engine.latency import MeasuredModel
from tests.fakes import FakeModel

PROMPT = [4, 5, 6]


def grown(
    model: FakeModel,
    shape: TreeShape,
    never: list[int] | None = None,
    text: Sequence[int] = PROMPT,
) -> DraftTree:
    """A tree below the last token of the text, grown to its end."""
    growth = started(model, never, text)
    while growth.step(shape):
        pass
    return growth.best(shape)


def started(
    model: FakeModel, never: list[int] | None = None, text: Sequence[int] = PROMPT
) -> Growth:
    logits = model.decode(run_batch(text, 0, logits=True))
    never_guessed = np.array(never or [], dtype=np.int32)
    return Growth(MeasuredModel(model), len(text), logits, never_guessed)


@dataclass(frozen=True)
class Naive:
    """Best-first search for the likeliest paths of the model, without batches or slots."""

    model: FakeModel
    shape: TreeShape
    never: frozenset[int] = frozenset()

    def best(self) -> dict[tuple[int, ...], float]:
        """The likeliest paths below the root, within the budget and the leaves."""
        found: dict[tuple[int, ...], float] = {}
        queue = self._children((), 0.0)
        heapq.heapify(queue)
        while queue and len(found) < self.shape.budget:
            cost, path = heapq.heappop(queue)
            found[path] = -cost
            if leaf_count(found) > self.shape.max_leaves:
                del found[path]
                break
            if len(path) < self.shape.max_depth:
                for child in self._children(path, -cost):
                    heapq.heappush(queue, child)
        return found

    def _children(self, path: tuple[int, ...], above: float) -> list[tuple[float, tuple[int, ...]]]:
        logits = self.model.logits_after([*PROMPT, *path])
        log_prob = logits - np.log(np.exp(logits).sum())
        allowed = [t for t in np.argsort(-logits).tolist() if t not in self.never]
        likely = [t for t in allowed[: self.shape.children] if log_prob[t] > self._floor()]
        return [(-(above + float(log_prob[t])), (*path, t)) for t in likely]

    def _floor(self) -> float:
        return float(np.log(self.shape.min_prob)) if self.shape.min_prob else -np.inf


def leaf_count(paths: dict[tuple[int, ...], float]) -> int:
    return len(paths.keys() - {path[:-1] for path in paths})


def paths_of(tree: DraftTree) -> dict[tuple[int, ...], float]:
    return {
        tuple(int(tree.token[step]) for step in tree.path(node)): float(tree.log_prob[node])
        for node in range(len(tree))
    }


shapes = st.builds(
    TreeShape,
    budget=st.integers(1, 40),
    max_leaves=st.sampled_from([1, 2, 5, 256]),
    max_depth=st.integers(1, 8),
    frontier=st.integers(1, 9),
    children=st.integers(1, 12),
    min_prob=st.sampled_from([0.0, 1e-4, 0.05]),
)


@given(shape=shapes, seed=st.integers(0, 60), never=st.frozensets(st.integers(0, 11), max_size=3))
@settings(max_examples=100)
def test_a_tree_holds_the_likeliest_paths_whatever_the_frontier(
    shape: TreeShape, seed: int, never: frozenset[int]
) -> None:
    model = FakeModel(seed=seed, slot_count=256, context_length=2000)
    tree = grown(model, shape, sorted(never))
    expected = Naive(FakeModel(seed=seed), shape, never).best()
    assert paths_of(tree) == pytest.approx(expected, abs=1e-4)
    assert not set(tree.token.tolist()) & never


@given(length=st.integers(1, 12), seed=st.integers(0, 60))
@settings(max_examples=30)
def test_a_chain_is_the_greedy_path(length: int, seed: int) -> None:
    model = FakeModel(seed=seed)
    tree = grown(model, chain_shape(length))
    text = list(PROMPT)
    for _ in range(length):
        text.append(int(np.argmax(model.logits_after(text))))
    assert tree.token.tolist() == text[len(PROMPT) :]
    assert tree.parent.tolist() == list(range(-1, length - 1))


@given(shape=shapes, seed=st.integers(0, 60), slots=st.integers(1, 6))
@settings(max_examples=40)
def test_where_slots_run_out_a_tree_still_grows_within_its_limits(
    shape: TreeShape, seed: int, slots: int
) -> None:
    model = FakeModel(seed=seed, slot_count=slots, context_length=2000)
    tree = grown(model, shape)
    every_path = Naive(FakeModel(seed=seed), TreeShape(budget=1)).model
    assert 0 <= len(tree) <= shape.budget
    assert tree.leaf_count <= shape.max_leaves
    for path, log_prob in paths_of(tree).items():
        assert log_prob == pytest.approx(path_log_prob(every_path, path), abs=1e-4)


def path_log_prob(model: FakeModel, path: tuple[int, ...], text: Sequence[int] = PROMPT) -> float:
    total = 0.0
    for depth, token in enumerate(path):
        logits = model.logits_after([*text, *path[:depth]])
        total += float(logits[token] - np.log(np.exp(logits).sum()))
    return total


@pytest.mark.parametrize("free", [0, 1, 2, 7])
def test_growth_stops_where_no_cell_is_free(free: int) -> None:
    model = FakeModel(context_length=len(PROMPT) + free)
    tree = grown(model, TreeShape(budget=60, frontier=4))
    assert len(model.cells) == len(PROMPT) + free, "it uses what there is, and no more"
    assert len(tree) > free


def test_the_frontier_is_decoded_together_and_no_node_twice() -> None:
    one_by_one, together = (FakeModel(slot_count=256, context_length=2000) for _ in range(2))
    grown(one_by_one, TreeShape(budget=30, frontier=1))
    grown(together, TreeShape(budget=30, frontier=8))
    assert together.passes < one_by_one.passes / 3
    for model in (one_by_one, together):
        assert len(model.decoded) == len(set(model.decoded))


def test_a_shape_within_limits_keeps_the_smaller_of_each() -> None:
    shape = TreeShape(budget=30, max_leaves=9, max_depth=8).within(nodes=12, leaves=20, depth=3)
    assert (shape.budget, shape.max_leaves, shape.max_depth) == (12, 9, 3)


def decoded_paths(growth: Growth, tree: DraftTree) -> list[list[int]]:
    """Paths to the nodes of `tree` that the draft decoded."""
    paths = [[int(tree.token[step]) for step in tree.path(node)] for node in range(len(tree))]
    return [path for path in paths if len(growth.decoded_path(path)) == len(path)]


def assert_cells(model: FakeModel, growth: Growth, text: list[int]) -> None:
    """The cache holds the text and the decoded nodes below it, each once, and nothing else."""
    everything = growth.best(TreeShape(budget=10_000, max_leaves=10_000, max_depth=10_000))
    paths = decoded_paths(growth, everything)
    held = {model.seen(slot)[:n] for slot in range(model.slot_count) for n in range(1, 60)} - {()}
    expected = [text[:n] for n in range(1, len(text) + 1)] + [[*text, *path] for path in paths]
    assert held == {tuple(tokens) for tokens in expected}
    assert len(model.cells) == len(expected)
    assert list(model.seen(growth.root_slot))[: len(text)] == text
    for path in paths:
        whole = [*text, *path]
        slot = growth.slot_of(growth.decoded_path(path)[-1])
        assert list(model.seen(slot))[: len(whole)] == whole


@given(
    shape=shapes,
    seed=st.integers(0, 60),
    steps=st.integers(2, 6),
    rebases=st.integers(1, 3),
    data=st.data(),
)
@settings(max_examples=40)
def test_what_was_grown_below_a_new_root_is_what_would_be_grown_there(
    shape: TreeShape, seed: int, steps: int, rebases: int, data: st.DataObject
) -> None:
    model = FakeModel(seed=seed, slot_count=256, context_length=2000)
    growth, text = started(model), list(PROMPT)
    for _ in range(rebases):
        for _ in range(steps):
            growth.step(shape)
        if not (decoded := decoded_paths(growth, growth.best(shape))):
            break
        path = data.draw(st.sampled_from(decoded))
        growth.rebase(growth.decoded_path(path)[-1])
        text += path
        assert_cells(model, growth, text)
    for below, log_prob in paths_of(growth.best(shape)).items():
        assert log_prob == pytest.approx(path_log_prob(model, below, text), abs=1e-4)
    while growth.step(shape):
        pass
    fresh = grown(FakeModel(seed=seed, slot_count=256, context_length=2000), shape, text=text)
    assert paths_of(growth.best(shape)) == pytest.approx(paths_of(fresh), abs=1e-4)
    assert_cells(model, growth, text)


@given(
    shape=shapes.map(lambda shape: replace(shape, max_depth=16)),
    seed=st.integers(0, 60),
    ahead=st.integers(2, 8),
    steps=st.integers(1, 12),
    data=st.data(),
)
@settings(max_examples=40)
def test_growing_ahead_does_not_change_what_is_best_then_or_below_a_new_root(
    shape: TreeShape, seed: int, ahead: int, steps: int, data: st.DataObject
) -> None:
    model = FakeModel(seed=seed, slot_count=256, context_length=2000)
    growth, text = started(model), list(PROMPT)
    further = replace(shape, budget=shape.budget * ahead, max_depth=shape.max_depth * 2)
    for _ in range(steps):
        growth.step(further)
    if decoded := decoded_paths(growth, growth.best(shape)):
        path = data.draw(st.sampled_from(decoded))
        growth.rebase(growth.decoded_path(path)[-1])
        text += path
    while growth.step(shape):
        pass
    fresh = grown(FakeModel(seed=seed, slot_count=256, context_length=2000), shape, text=text)
    assert paths_of(growth.best(shape)) == pytest.approx(paths_of(fresh), abs=1e-4)
    assert_cells(model, growth, text)


def test_a_chain_needs_one_slot_however_often_its_root_moves() -> None:
    model, text = FakeModel(slot_count=1), list(PROMPT)
    growth, shape = started(model), chain_shape(6)
    for _ in range(4):
        while growth.step(shape):
            pass
        tree = growth.best(shape)
        assert tree.token.tolist() == grown(FakeModel(), shape, text=text).token.tolist()
        accepted = max(decoded_paths(growth, tree), key=len)
        growth.rebase(growth.decoded_path(accepted)[-1])
        text += accepted


# Staged drafting.


@given(
    seed=st.integers(0, 30),
    budget=st.integers(1, 30),
    guesses=st.lists(st.integers(0, 11), max_size=8),
    right=st.integers(0, 3),
)
@settings(max_examples=30)
def test_proposals_change_no_tree(seed: int, budget: int, guesses: list[int], right: int) -> None:
    """Some proposed tokens are the draft's own favourites, the others anything."""
    shape = TreeShape(budget=budget, max_depth=12, frontier=4, children=4)
    alone = grown(FakeModel(seed=seed, slot_count=64, context_length=2000), shape)
    model = FakeModel(seed=seed, slot_count=64, context_length=2000)
    growth = started(model)

    proposer = Favourites(seed, right, guesses)
    while growth.step(shape, proposer):
        pass
    assert set(paths_of(growth.best(shape))) == set(paths_of(alone))
    deepest = max(paths_of(alone), key=len, default=())
    nodes = growth.decoded_path(deepest)
    if nodes:
        growth.rebase(nodes[-1])
        proposer.root = deepest[: len(nodes)]
        while growth.step(shape, proposer):
            pass
        text = [*PROMPT, *deepest[: len(nodes)]]
        again = grown(FakeModel(seed=seed, slot_count=64, context_length=2000), shape, text=text)
        assert set(paths_of(growth.best(shape))) == set(paths_of(again))


@dataclass
class Favourites:
    """Proposes some of the fake's own favourites, and then anything."""

    seed: int
    right: int
    guesses: Sequence[int] = ()
    root: Sequence[int] = ()
    """Tokens between the prompt and the root of the tree."""
    proposed: int = 0
    worth: int = 0

    def propose(self, path: Sequence[int], room: int) -> list[int]:
        chain: list[int] = []
        for _ in range(self.right):
            chain.append(favourite(self.seed, [*PROMPT, *self.root, *path, *chain]))
        chain = [*chain, *self.guesses][:room]
        self.proposed += len(chain)
        return chain

    def followed(self, count: int) -> None:
        self.worth += count


def favourite(seed: int, text: list[int]) -> int:
    """The likeliest next token of the fake."""
    return int(FakeModel(seed=seed).decode(run_batch(text, 0, logits=True))[0].argmax())


def test_right_proposals_save_passes() -> None:
    shape = TreeShape(budget=16, max_depth=16, frontier=4, children=1, min_prob=0.0)
    passes = []
    for right in (0, 6):
        model = FakeModel(seed=5, slot_count=64, context_length=2000)
        growth, proposer = started(model), Favourites(5, right)
        while growth.step(shape, proposer):
            pass
        passes.append(model.passes)
        assert proposer.worth == proposer.proposed, "a chain of favourites is the best tree"
    assert passes[1] < passes[0] / 3


def test_a_proposal_is_worth_what_the_best_tree_has_of_it() -> None:
    model = FakeModel(seed=5, slot_count=64, context_length=2000)
    growth, proposer = started(model), Favourites(5, 2, guesses=[0, 1, 2, 4])
    shape = TreeShape(budget=3, max_depth=9, frontier=1, children=12, min_prob=0.0)
    growth.step(shape, proposer)
    (first,) = [path for path in decoded_paths(growth, growth.best(shape)) if len(path) == 1]
    ahead = [first[0], favourite(5, [*PROMPT, *first])]
    ahead.append(favourite(5, [*PROMPT, *ahead]))
    best = paths_of(growth.best(shape))
    assert proposer.worth == sum(tuple(ahead[:n]) in best for n in (2, 3))


def test_levels_count_the_passes_that_proposals_saved() -> None:
    shape = TreeShape(budget=16, max_depth=16, frontier=4, children=1, min_prob=0.0)
    growth = started(FakeModel(seed=5, slot_count=64, context_length=2000))
    assert growth.levels_since(growth.decoded, shape) == 0
    before, passes = growth.decoded, 0
    while growth.step(shape, Favourites(5, 6)):
        passes += 1
    assert (growth.levels_since(before, shape), passes) == (15, 3), "two chains of 6, and the last"
    assert growth.levels_since(growth.decoded, shape) == 0


def test_a_token_that_the_draft_does_not_know_ends_a_proposal() -> None:
    model = FakeModel(slot_count=64)
    growth = started(model, never=[3])
    assert growth.step(TreeShape(budget=4), Favourites(0, 1, guesses=[12, 1]))
    assert growth.step(TreeShape(budget=4), Favourites(0, 1, guesses=[3, 1]))
    assert all(3 not in text[len(PROMPT) :] for text in model.decoded)


def test_without_room_for_cells_nothing_is_proposed() -> None:
    model = FakeModel(slot_count=64, context_length=len(PROMPT) + 6)
    growth = started(model)
    shape = TreeShape(budget=30, max_depth=30, frontier=2, children=2)
    while growth.step(shape, Favourites(0, 0, guesses=[0, 1, 2, 4, 5, 6, 7])):
        pass
    assert len(model.cells) <= model.context_length

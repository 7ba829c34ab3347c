"""Merging against plain dictionaries of paths."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calibration import Calibration
from engine.draft_tree import ROOT, DraftTree
from engine.events import Origin
from engine.merge_trees import MergedTree, merge_trees
from tests.engine.trees import draft_trees

Path = tuple[int, ...]
Calibrations = dict[Origin, Calibration]

DRAFTED = DraftTree.build([(7, ROOT, -0.2), (8, 0, -0.5), (9, ROOT, -2.0)])
SUGGESTED = DraftTree.build([(9, ROOT, -0.1), (7, ROOT, -1.0), (8, 1, -1.1), (5, 2, -1.2)])
sources = st.fixed_dictionaries(
    {Origin.TREE: draft_trees(vocabulary=4), Origin.NGRAM: draft_trees(vocabulary=4)}
)


def fresh() -> Calibrations:
    return {Origin.TREE: Calibration(), Origin.NGRAM: Calibration()}


@st.composite
def learnt(draw: st.DrawFn) -> Calibrations:
    """Calibrations that disagree with the sources' own probabilities."""
    calibrations = fresh()
    for calibration in calibrations.values():
        for tree in draw(st.lists(draft_trees(), max_size=3)):
            calibration.observe(tree, tree.token % 2 == draw(st.integers(0, 1)))
    return calibrations


def path_of(tree: DraftTree, node: int) -> Path:
    return tuple(int(tree.token[step]) for step in tree.path(node))


def paths(tree: DraftTree) -> list[Path]:
    return [path_of(tree, node) for node in range(len(tree))]


def naive_worth(
    trees: Mapping[Origin, DraftTree], calibrations: Mapping[Origin, Calibration]
) -> dict[Path, float]:
    """The best source's chance of each path, at most its parent's."""
    best: dict[Path, float] = {}
    for origin, tree in trees.items():
        for path, chance in zip(paths(tree), calibrations[origin].values(tree), strict=True):
            best[path] = max(best.get(path, 0.0), float(chance))
    return {path: min(best[path[:stop]] for stop in range(1, len(path) + 1)) for path in best}


@given(trees=sources, calibrations=learnt())
def test_the_merged_tree_has_every_path_once_at_its_best_worth(
    trees: dict[Origin, DraftTree], calibrations: Calibrations
) -> None:
    merged = merge_trees(trees, calibrations).tree
    expected = naive_worth(trees, calibrations)
    assert len(merged) == len(expected)
    worth = dict(zip(paths(merged), np.exp(merged.log_prob).tolist(), strict=True))
    assert worth == pytest.approx(expected, rel=1e-4, abs=1e-8)


@given(trees=sources, calibrations=learnt())
def test_parents_come_first_and_are_worth_at_least_as_much(
    trees: dict[Origin, DraftTree], calibrations: Calibrations
) -> None:
    tree = merge_trees(trees, calibrations).tree
    for node, parent in enumerate(tree.parent.tolist()):
        assert parent < node
        assert tree.log_prob[node] <= (0.0 if parent == ROOT else tree.log_prob[parent])


def test_equal_paths_are_one_node_and_equal_tokens_elsewhere_are_not() -> None:
    merged = merge_trees({Origin.TREE: DRAFTED, Origin.NGRAM: SUGGESTED}, fresh())
    assert paths(merged.tree) == [(7,), (7, 8), (9,), (7, 8, 5)]
    assert np.allclose(merged.tree.log_prob, [-0.2, -0.5, -0.1, -1.2])
    origins = [merged.origin_of(node) for node in range(4)]
    assert origins == [Origin.TREE, Origin.TREE, Origin.TREE, Origin.NGRAM]


def test_nothing_guessed_is_an_empty_tree() -> None:
    empty = {Origin.TREE: DraftTree.empty(), Origin.NGRAM: DraftTree.empty()}
    merged, calibrations = merge_trees(empty, fresh()), fresh()
    assert len(merged.tree) == 0
    merged.observe((), calibrations)
    assert calibrations[Origin.TREE].to_lists() == Calibration().to_lists()


def assert_consistent(merged: MergedTree, trees: Mapping[Origin, DraftTree]) -> None:
    """Every guess knows where its nodes are, and is the part of its source that is left."""
    left = set(paths(merged.tree))
    for guess in merged.guesses:
        own = paths(guess.tree)
        assert own == [path_of(merged.tree, int(node)) for node in guess.merged]
        assert own == [path for path in paths(trees[guess.origin]) if path in left]
    for node, path in enumerate(paths(merged.tree)):
        first = next(origin for origin, tree in trees.items() if path in set(paths(tree)))
        assert merged.origin_of(node) is first


@given(trees=sources, calibrations=learnt(), nodes=st.integers(0, 60), leaves=st.integers(1, 30))
def test_the_best_part_keeps_who_guessed_what(
    trees: dict[Origin, DraftTree], calibrations: Calibrations, nodes: int, leaves: int
) -> None:
    merged = merge_trees(trees, calibrations)
    assert_consistent(merged, trees)
    keep = merged.tree.best(nodes, leaves)
    part = merged.select(keep)
    assert paths(part.tree) == [p for p, k in zip(paths(merged.tree), keep, strict=True) if k]
    assert_consistent(part, trees)


@given(trees=sources, nodes=st.integers(1, 60), data=st.data())
def test_each_source_learns_what_became_of_its_own_nodes(
    trees: dict[Origin, DraftTree], nodes: int, data: st.DataObject
) -> None:
    whole = merge_trees(trees, fresh())
    merged = whole.select(whole.tree.best(nodes, leaves=256))
    end = data.draw(st.integers(ROOT, len(merged.tree) - 1))
    path = merged.tree.path(end)
    calibrations = fresh()
    merged.observe(tuple(path), calibrations)

    taken = {path_of(merged.tree, node) for node in path}
    expected = fresh()
    for guess in merged.guesses:
        accepted = np.array([own in taken for own in paths(guess.tree)], dtype=np.bool_)
        expected[guess.origin].observe(guess.tree, accepted)
    for origin, calibration in calibrations.items():
        assert calibration.to_lists() == expected[origin].to_lists()

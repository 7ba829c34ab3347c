"""The tree as arrays: paths, parts of it, and the best part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.draft_tree import ROOT, DraftTree
from tests.engine.trees import draft_trees

SAMPLE = DraftTree.build(
    [(7, ROOT, -0.1), (8, ROOT, -1.2), (9, 0, -0.4), (7, 2, -0.5), (5, 2, -2.0), (6, 1, -1.3)]
)


def test_depth_leaves_and_paths_follow_from_the_parents() -> None:
    assert SAMPLE.depth.tolist() == [1, 1, 2, 3, 3, 2]
    assert SAMPLE.is_leaf.tolist() == [False, False, False, True, True, True]
    assert (SAMPLE.leaf_count, SAMPLE.max_depth, len(SAMPLE)) == (3, 3, 6)
    assert SAMPLE.widths == (2, 2, 2)
    assert SAMPLE.path(4) == [0, 2, 4]
    assert SAMPLE.path(ROOT) == []


def test_a_child_is_found_by_its_token() -> None:
    assert SAMPLE.child(ROOT, 8) == 1
    assert SAMPLE.child(2, 7) == 3, "the child of node 2, not the root's child with that token"
    assert SAMPLE.child(ROOT, 9) is None
    assert SAMPLE.child(5, 6) is None


def test_an_empty_tree_has_neither_nodes_nor_leaves() -> None:
    tree = DraftTree.empty()
    assert (len(tree), tree.leaf_count, tree.max_depth, tree.widths) == (0, 0, 0, ())
    assert tree.child(ROOT, 1) is None
    assert tree.best(nodes=5, leaves=5).tolist() == []


@pytest.mark.parametrize(
    ("nodes", "leaves", "kept"),
    [
        (6, 3, [0, 1, 2, 3, 4, 5]),
        (3, 3, [0, 2, 3]),
        (6, 1, [0, 2, 3]),
        (6, 2, [0, 1, 2, 3, 5]),
        (4, 2, [0, 1, 2, 3]),
    ],
)
def test_the_best_part_is_cut_by_nodes_and_by_leaves(
    nodes: int, leaves: int, kept: list[int]
) -> None:
    assert np.flatnonzero(SAMPLE.best(nodes, leaves)).tolist() == kept


@given(tree=draft_trees(), nodes=st.integers(1, 45), leaves=st.integers(1, 20))
def test_the_best_part_is_closed_within_its_limits_and_as_large_as_they_allow(
    tree: DraftTree, nodes: int, leaves: int
) -> None:
    keep = tree.best(nodes, leaves)
    assert all(
        tree.parent[node] == ROOT or keep[tree.parent[node]] for node in np.flatnonzero(keep)
    )
    part = tree.select(keep)
    assert len(part) <= nodes
    assert part.leaf_count <= leaves
    left_out = np.flatnonzero(~keep)
    if not len(left_out):
        return
    assert tree.log_prob[left_out].max() <= part.log_prob.min(initial=0.0)
    next_best = int(left_out[np.argmax(tree.log_prob[left_out])])
    larger = keep.copy()
    larger[next_best] = True
    with_one_more = tree.select(larger)
    assert len(with_one_more) > nodes or with_one_more.leaf_count > leaves


@given(tree=draft_trees(), nodes=st.integers(0, 45))
def test_a_part_keeps_paths_and_their_probabilities(tree: DraftTree, nodes: int) -> None:
    keep = tree.best(nodes, leaves=256)
    part = tree.select(keep)
    for new, old in enumerate(np.flatnonzero(keep).tolist()):
        assert tokens_to(part, new) == tokens_to(tree, old)
        assert (part.depth[new], part.log_prob[new]) == (tree.depth[old], tree.log_prob[old])


def tokens_to(tree: DraftTree, node: int) -> list[int]:
    return [int(tree.token[step]) for step in tree.path(node)]


@given(tree=draft_trees(), data=st.data())
def test_a_rebased_tree_is_what_lies_below_its_new_root(
    tree: DraftTree, data: st.DataObject
) -> None:
    if not len(tree):
        return
    root = data.draw(st.integers(0, len(tree) - 1))
    below = [n for n in range(len(tree)) if root in tree.path(n) and n != root]
    marked = tree.below(root)
    assert np.flatnonzero(marked).tolist() == below
    rebased = tree.rebased(root, marked)
    top = tokens_to(tree, root)
    assert [top + tokens_to(rebased, n) for n in range(len(rebased))] == [
        tokens_to(tree, n) for n in below
    ]
    assert np.allclose(rebased.log_prob, tree.log_prob[below] - tree.log_prob[root], atol=1e-5)
    assert rebased.depth.tolist() == (tree.depth[below] - tree.depth[root]).tolist()


@given(tree=draft_trees(), count=st.integers(1, 45))
def test_the_nth_probability_is_that_of_the_nth_best_node(tree: DraftTree, count: int) -> None:
    best_first = sorted(tree.log_prob.tolist(), reverse=True)
    expected = best_first[count - 1] if count <= len(best_first) else -np.inf
    assert tree.nth_log_prob(count) == expected

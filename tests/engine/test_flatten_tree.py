"""The flat batch against a recursive reading of the tree, and against a golden file."""

import numpy as np
from hypothesis import given

from engine.draft_tree import ROOT, DraftTree
from engine.flat_batch import FlatBatch
from engine.flatten_tree import flatten_tree
from tests.conftest import Golden
from tests.engine.trees import draft_trees


def naive_slots(tree: DraftTree) -> list[set[int]]:
    """The slots of each row (the root's first): leaves are numbered depth-first."""
    slots: list[set[int]] = [set() for _ in range(len(tree) + 1)]
    leaves = 0

    def visit(node: int) -> set[int]:
        nonlocal leaves
        children = np.flatnonzero(tree.parent == node).tolist() if len(tree) else []
        if not children:
            slots[node + 1] = {leaves}
            leaves += 1
        for child in children:
            slots[node + 1] |= visit(child)
        return slots[node + 1]

    visit(ROOT)
    return slots


def ranges(batch: FlatBatch) -> list[set[int]]:
    pairs = zip(batch.slot_start.tolist(), batch.slot_stop.tolist(), strict=True)
    return [set(range(start, stop)) for start, stop in pairs]


@given(tree=draft_trees())
def test_a_row_has_the_slots_of_the_leaves_beneath_it(tree: DraftTree) -> None:
    batch = flatten_tree(tree, root_token=3, position=10)
    assert ranges(batch) == naive_slots(tree)
    assert batch.slots == max(tree.leaf_count, 1)


@given(tree=draft_trees())
def test_rows_share_a_slot_exactly_where_one_is_on_the_others_path(tree: DraftTree) -> None:
    slots = ranges(flatten_tree(tree, root_token=3, position=10))
    paths = [set(tree.path(node)) for node in range(len(tree))]
    for first in range(len(tree)):
        for second in range(first):
            related = first in paths[second] or second in paths[first]
            assert bool(slots[first + 1] & slots[second + 1]) == related


@given(tree=draft_trees())
def test_tokens_and_positions_follow_the_tree(tree: DraftTree) -> None:
    batch = flatten_tree(tree, root_token=3, position=10)
    assert batch.token.tolist() == [3, *tree.token.tolist()]
    assert batch.position.tolist() == [10, *(10 + depth for depth in tree.depth.tolist())]
    assert batch.wants_logits.all()


def test_the_layout_of_a_sample_tree_is_the_golden_one(golden: Golden) -> None:
    triples = [(7, -1, -0.1), (8, -1, -1.2), (9, 0, -0.4), (7, 2, -0.5), (5, 2, -2.0), (6, 1, -1.3)]
    batch = flatten_tree(DraftTree.build(triples), root_token=1, position=100)
    golden(
        "flat_batch.json",
        {
            "nodes": [{"token": t, "parent": p, "log_prob": q} for t, p, q in triples],
            "rows": [
                {"token": token, "position": position, "slots": sorted(slots)}
                for token, position, slots in zip(
                    batch.token.tolist(), batch.position.tolist(), ranges(batch), strict=True
                )
            ],
        },
    )

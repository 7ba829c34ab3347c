"""DraftTree -> FlatBatch: the tree as one llama.cpp batch.

One slot per leaf; a row carries the slots of all leaves beneath it, so that attention, which sees
the cells of a row's slot, sees exactly the row's ancestors. Leaves are numbered depth-first: the
slots beneath a node are then a range, and a row needs only its two ends.
"""

import numpy as np

from engine.draft_tree import ROOT, DraftTree
from engine.flat_batch import FlatBatch


def flatten_tree(tree: DraftTree, root_token: int, position: int) -> FlatBatch:
    """Root in row 0 at `position` (the prefix length), node n in row n + 1. All want logits."""
    start, stop = _slot_ranges(tree)
    return FlatBatch(
        token=np.concatenate(([root_token], tree.token)).astype(np.int32),
        position=np.concatenate(([0], tree.depth)).astype(np.int32) + np.int32(position),
        slot_start=np.array(start, dtype=np.int32),
        slot_stop=np.array(stop, dtype=np.int32),
        wants_logits=np.ones(len(tree) + 1, dtype=np.bool_),
    )


def _slot_ranges(tree: DraftTree) -> tuple[list[int], list[int]]:
    """Slot ranges of the root and of each node: two passes over the parents, no recursion."""
    row_of_parent = (tree.parent - ROOT).tolist()
    leaves = [0, *tree.is_leaf.astype(int).tolist()]
    for row in range(len(tree), 0, -1):
        leaves[row_of_parent[row - 1]] += leaves[row]
    leaves[0] = max(leaves[0], 1)

    start = [0] * len(leaves)
    next_slot = [0] * len(leaves)
    for row in range(1, len(leaves)):
        parent_row = row_of_parent[row - 1]
        start[row] = next_slot[row] = next_slot[parent_row]
        next_slot[parent_row] += leaves[row]
    return start, [first + count for first, count in zip(start, leaves, strict=True)]

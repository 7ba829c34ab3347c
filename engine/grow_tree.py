"""Best-first growth of a draft tree (SpecExec, arXiv 2406.02532, section 4), batched.

Each draft pass decodes the likeliest nodes that are not decoded yet, and their children join.
Growth ends when the `budget` likeliest nodes are all decoded, or too deep to be. A chain is the
same growth with one child per node.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.draft_tree import ROOT, DraftTree, IntArray
from engine.flat_batch import frontier_batch
from engine.ports import FloatRows, LogitModel
from engine.top_k import log_sum_exp, top_indices

NOT_DECODED: Final = -1


@dataclass(frozen=True, kw_only=True)
class TreeShape:
    """How far a tree may grow."""

    budget: int
    """Nodes besides the root."""
    max_leaves: int = 256
    """The target's slots."""
    max_depth: int = 32
    frontier: int = 16
    """Nodes decoded in one draft pass."""
    children: int = 32
    """Children of one node; 1 makes a chain."""
    min_prob: float = 1e-4
    """A token below this probability at its place is not guessed."""

    def within(self, *, nodes: int, leaves: int, depth: int) -> "TreeShape":
        """The same shape, with at most this many nodes and leaves, and this depth."""
        return replace(
            self,
            budget=min(self.budget, nodes),
            max_leaves=min(self.max_leaves, leaves),
            max_depth=min(self.max_depth, depth),
        )


def chain_shape(length: int) -> TreeShape:
    """llama.cpp's chain: the likeliest token each time (common/speculative.cpp, p_min = 0)."""
    return TreeShape(budget=length, max_depth=length, frontier=1, children=1, min_prob=0.0)


@dataclass(frozen=True, eq=False)
class GrownTree:
    """A tree, and where in the draft's KV cache its nodes are."""

    tree: DraftTree
    slot: IntArray
    """Shape [nodes]: a draft slot through the node, or NOT_DECODED."""


def grow_tree(
    model: LogitModel,
    root_logits: FloatRows,
    root_length: int,
    shape: TreeShape,
    cancel: CancelToken,
    *,
    never: IntArray,
) -> GrownTree:
    """Grow a tree below the root, the last cell of slot 0 of `model`.

    `root_logits` has shape [1, vocabulary]; `root_length` counts the tokens up to the root.
    Tokens in `never` are not guessed; the ends of a reply are best among them, because the sampler
    finds an end at no cost.
    Other slots are left filled: the caller's `keep_path` clears them.
    """
    growth = _Growth(model, root_length, shape, never)
    growth.add_children(np.array([ROOT]), root_logits)
    while len(frontier := growth.place(growth.frontier())):
        cancel.check()
        growth.add_children(frontier, growth.decode(frontier))
    return growth.best()


class _Growth:
    """Every node seen so far. Indices are stable: nodes that fall out of the best stay listed."""

    def __init__(
        self, model: LogitModel, root_length: int, shape: TreeShape, never: IntArray
    ) -> None:
        self._model = model
        self._root_length = root_length
        self._shape = shape
        self._never = never
        self._tree = DraftTree.empty()
        self._slot = np.zeros(0, dtype=np.int32)
        self._next_slot = 1
        self._continued: set[int] = set()
        self._free_cells = model.context_length - root_length

    def frontier(self) -> list[int]:
        """The likeliest nodes that are worth decoding, best first."""
        tree = self._tree
        candidates = np.flatnonzero(
            (self._slot == NOT_DECODED)
            & (tree.depth < self._shape.max_depth)
            & (tree.log_prob >= self._cut())
        )
        best_first = np.argsort(-tree.log_prob[candidates], kind="stable")
        count = min(self._shape.frontier, self._free_cells)
        return [int(node) for node in candidates[best_first[:count]]]

    def place(self, frontier: list[int]) -> NDArray[np.intp]:
        """Give nodes their slots; returns those that got one.

        A node's first decoded child goes on in its slot, each further one forks it.
        """
        placed = []
        for node in frontier:
            parent = int(self._tree.parent[node])
            slot = 0 if parent == ROOT else int(self._slot[parent])
            if parent in self._continued:
                if self._next_slot == self._model.slot_count:
                    continue
                above = self._root_length + int(self._tree.depth[node]) - 1
                self._model.fork(slot, self._next_slot, above)
                slot = self._next_slot
                self._next_slot += 1
            self._continued.add(parent)
            self._slot[node] = slot
            placed.append(node)
        return np.array(placed, dtype=np.intp)

    def decode(self, nodes: NDArray[np.intp]) -> FloatRows:
        """One draft pass over placed nodes."""
        self._free_cells -= len(nodes)
        position = self._tree.depth[nodes] + np.int32(self._root_length - 1)
        return self._model.decode(
            frontier_batch(self._tree.token[nodes], position, self._slot[nodes])
        )

    def add_children(self, parents: NDArray[np.intp], logits: FloatRows) -> None:
        """Add the children that can still be among the best; `logits` has a row per parent."""
        cut = self._cut()
        for parent, row in zip(parents.tolist(), logits, strict=True):
            above = 0.0 if parent == ROOT else float(self._tree.log_prob[parent])
            tokens, log_prob = self._likely(row, above, cut)
            self._append(tokens, log_prob, parent)

    def _likely(
        self, row: NDArray[np.float32], above: float, cut: float
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Likely next tokens with their path log-probability, above `cut`, best first."""
        normalizer = log_sum_exp(row)
        floor = cut - above
        if self._shape.min_prob > 0:
            floor = max(floor, float(np.log(self._shape.min_prob)))
        tokens = top_indices(row, self._shape.children + len(self._never))
        tokens = tokens[~np.isin(tokens, self._never)][: self._shape.children]
        log_prob = row[tokens] - np.float32(normalizer)
        likely = log_prob > floor
        # Rounding must not lift a child above its parent: the best nodes would not be closed.
        return tokens[likely], np.minimum(log_prob[likely], 0) + np.float32(above)

    def _append(self, tokens: NDArray[np.intp], log_prob: NDArray[np.float32], parent: int) -> None:
        tree, count = self._tree, len(tokens)
        depth = 1 if parent == ROOT else int(tree.depth[parent]) + 1
        self._tree = DraftTree(
            token=np.append(tree.token, tokens.astype(np.int32)),
            parent=np.append(tree.parent, np.full(count, parent, dtype=np.int32)),
            depth=np.append(tree.depth, np.full(count, depth, dtype=np.int32)),
            log_prob=np.append(tree.log_prob, log_prob.astype(np.float32)),
        )
        self._slot = np.append(self._slot, np.full(count, NOT_DECODED, dtype=np.int32))

    def _cut(self) -> float:
        """The path log-probability of the budget-th best node: below it nothing enters the tree."""
        log_prob, budget = self._tree.log_prob, self._shape.budget
        if len(log_prob) < budget:
            return -np.inf
        return float(np.partition(log_prob, len(log_prob) - budget)[len(log_prob) - budget])

    def best(self) -> GrownTree:
        """The likeliest nodes that the budget and the leaves allow."""
        keep = self._tree.best(self._shape.budget, self._shape.max_leaves)
        return GrownTree(self._tree.select(keep), self._slot[keep])

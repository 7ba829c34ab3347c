"""The draft tree as parallel arrays. It knows no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]

ROOT: Final = -1
"""The parent of depth-1 nodes: the last accepted token, which is no node."""


@dataclass(frozen=True, eq=False)
class DraftTree:
    """Guessed continuations of the root. Parents come before their children.

    Arrays of shape [nodes]: `token`; `parent` (a node's index, or `ROOT`); `depth` (1 below the
    root); `log_prob` (of the whole path, never above the parent's).
    """

    token: IntArray
    parent: IntArray
    depth: IntArray
    log_prob: NDArray[np.float32]

    @classmethod
    def empty(cls) -> "DraftTree":
        """A tree without guesses: its round is a plain one."""
        return cls.build([])

    @classmethod
    def build(cls, nodes: Sequence[tuple[int, int, float]]) -> "DraftTree":
        """A tree from (token, parent, log_prob) triples, parents first."""
        depth: list[int] = []
        for _, parent, _ in nodes:
            depth.append(1 if parent == ROOT else depth[parent] + 1)
        return cls(
            token=np.array([token for token, _, _ in nodes], dtype=np.int32),
            parent=np.array([parent for _, parent, _ in nodes], dtype=np.int32),
            depth=np.array(depth, dtype=np.int32),
            log_prob=np.array([log_prob for _, _, log_prob in nodes], dtype=np.float32),
        )

    def with_children(
        self, parents: IntArray, tokens: NDArray[np.intp], log_prob: NDArray[np.float32]
    ) -> "DraftTree":
        """The tree with further nodes below these parents (nodes of it, or `ROOT`).

        All arrays have the shape [new nodes]; `log_prob` is the nodes' own, not their paths'.
        """
        # Index -1, which `ROOT` is, reads what is appended here.
        depth, above = np.append(self.depth, np.int32(0)), np.append(self.log_prob, np.float32(0))
        return DraftTree(
            token=np.concatenate((self.token, tokens.astype(np.int32))),
            parent=np.concatenate((self.parent, parents)),
            depth=np.concatenate((self.depth, depth[parents] + np.int32(1))),
            log_prob=np.concatenate((self.log_prob, log_prob + above[parents])),
        )

    def __len__(self) -> int:
        return len(self.token)

    @cached_property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Shape [nodes]: nodes without children."""
        leaf = np.ones(len(self), dtype=np.bool_)
        leaf[self.parent[self.parent != ROOT]] = False
        return leaf

    @property
    def leaf_count(self) -> int:
        """How many slots the tree needs (an empty tree still needs the root's)."""
        return int(np.count_nonzero(self.is_leaf))

    @property
    def max_depth(self) -> int:
        """Length of the longest path."""
        return int(self.depth.max(initial=0))

    @property
    def widths(self) -> tuple[int, ...]:
        """Nodes at each depth, from depth 1."""
        return tuple(np.bincount(self.depth)[1:].tolist())

    def child(self, node: int, token: int) -> int | None:
        """The child of `node` (or `ROOT`) that guesses `token`."""
        found = np.flatnonzero((self.parent == node) & (self.token == token))
        return int(found[0]) if len(found) else None

    def path(self, node: int) -> list[int]:
        """Nodes from the root's child down to `node`; [] for `ROOT`."""
        nodes: list[int] = []
        while node != ROOT:
            nodes.append(node)
            node = int(self.parent[node])
        return nodes[::-1]

    def place(self, node: int) -> tuple[float, int]:
        """Path log-probability and depth of a node."""
        return float(self.log_prob[node]), int(self.depth[node])

    def nth_log_prob(self, count: int) -> float:
        """The path log-probability of the `count`-th likeliest node; -inf if there are fewer."""
        place = len(self) - count
        return float(np.partition(self.log_prob, place)[place]) if place >= 0 else -np.inf

    def below(self, root: int) -> NDArray[np.bool_]:
        """Marks the nodes below `root`, without it."""
        marked = [False] * len(self)
        marked[root] = True
        for node, parent in enumerate(self.parent.tolist()):
            if parent >= root and marked[parent]:
                marked[node] = True
        marked[root] = False
        return np.array(marked, dtype=np.bool_)

    def rebased(self, root: int, below: NDArray[np.bool_]) -> "DraftTree":
        """The nodes `below` a node, which becomes the root."""
        subtree = self.parent.copy()
        subtree[self.parent == root] = ROOT
        log_prob, depth = self.place(root)
        return DraftTree(
            self.token, subtree, self.depth - np.int32(depth), self.log_prob - np.float32(log_prob)
        ).select(below)

    def select(self, keep: NDArray[np.bool_]) -> "DraftTree":
        """The nodes marked in `keep`, in order. A kept node's parent must be kept."""
        new_index = np.cumsum(keep, dtype=np.int32) - 1
        parent = self.parent[keep]
        return DraftTree(
            token=self.token[keep],
            parent=np.where(parent == ROOT, ROOT, new_index[parent]).astype(np.int32),
            depth=self.depth[keep],
            log_prob=self.log_prob[keep],
        )

    def best(self, nodes: int, leaves: int) -> NDArray[np.bool_]:
        """Marks the likeliest part of the tree with at most so many nodes and leaves.

        Ties go to the earlier node, so the marked part is closed: with a node comes its parent.
        """
        best_first = np.argsort(-self.log_prob, kind="stable")[:nodes]
        # Best-first, a node adds a leaf unless it is the first child of its parent.
        adds_leaf = np.ones(len(best_first), dtype=np.bool_)
        adds_leaf[np.unique(self.parent[best_first], return_index=True)[1]] = False
        keep = np.zeros(len(self), dtype=np.bool_)
        keep[best_first[np.cumsum(adds_leaf) < leaves]] = True
        return keep

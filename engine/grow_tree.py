"""Best-first growth of a draft tree (SpecExec, arXiv 2406.02532, section 4), batched.

Each draft pass decodes the likeliest nodes that are not decoded yet, and their children join.
A tree is grown once the `budget` likeliest nodes are all decoded, or too deep to be; growing may go
on beyond that while the target is busy. When the target has chosen a path, the part of the growth
below it stays and is the next round's start. A chain is the same growth with one child per node.

Drafting can be staged: a cheaper source proposes how the likeliest node goes on, and these tokens
are decoded in the same pass. As far as the draft finds them likely too, levels of the tree come for
one pass instead of one each; the rest is dropped.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.draft_slots import DraftSlots
from engine.draft_tree import ROOT, DraftTree, IntArray
from engine.flat_batch import frontier_batch
from engine.latency import MeasuredModel
from engine.ports import FloatRows
from engine.top_k import log_sum_exp, top_indices

NOT_DECODED: Final = -1

_LONGEST_PROPOSAL: Final = 15
"""Proposed tokens that are decoded at once: with a full frontier, a pass of 31 rows."""
_CHILD_MASS: Final = 0.75
"""Chance that the next token of an accepted node is among its drafted children."""


@dataclass(frozen=True, kw_only=True)
class TreeShape:
    """How far a tree may grow."""

    budget: int
    """Nodes besides the root."""
    max_leaves: int = 256
    """The target's slots."""
    max_depth: int = 64
    frontier: int = 16
    """Nodes decoded in one draft pass."""
    children: int = 16
    """Children of one node; 1 makes a chain."""
    min_prob: float = 1e-4
    """A token below this probability at its place is not guessed."""
    speed: float = 0.0
    """Tokens per second that time is worth: growth ends where a draft pass costs more than it
    promises. 0: drafting is free."""

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


class Proposer(Protocol):
    """A cheaper source than the draft."""

    def propose(self, path: Sequence[int], room: int) -> Sequence[int]:
        """At most `room` tokens that may follow the text and then `path` below its root.

        Empty where there is no idea, or where decoding them along would cost too much.
        """

    def followed(self, count: int) -> None:
        """The draft finds the first `count` of these tokens likely enough for the best tree."""


class Growth:
    """Every node seen below a root that the draft has decoded.

    Node numbers are stable until `rebase`: what falls out of the best stays listed.
    """

    def __init__(
        self, model: MeasuredModel, root_length: int, root_logits: FloatRows, never: IntArray
    ) -> None:
        """The root is the last of `root_length` cells in slot 0; `root_logits` is its one row.

        Tokens in `never` are not guessed. The ends of a reply are best among them: the sampler
        finds an end at no cost.
        """
        self._model = model
        self._root_length = root_length
        self._never = frozenset(never.tolist())
        self._slots = DraftSlots(model)
        self._tree = DraftTree.empty()
        self._slot = np.zeros(0, dtype=np.int32)
        self._wasted: Counter[int] = Counter()
        """Cells in each slot that were proposed and turned out unlikely."""
        self._waiting: FloatRows | None = root_logits
        """The root's logits until the first `step` says how many children it may have."""

    @property
    def root_slot(self) -> int:
        """A slot through the root."""
        return self._slots.root

    def step(self, shape: TreeShape, proposer: Proposer | None = None) -> bool:
        """Decode the likeliest nodes that `shape` asks for; False if there are none left."""
        if self._waiting is not None:
            self._add_children([ROOT], self._waiting, shape)
            self._waiting = None
        frontier = self._place(self._frontier(shape))
        if not frontier:
            return False
        tree, first = self._tree, frontier[0]
        chain = self._proposed(first, shape, proposer) if proposer is not None else []
        # The chain takes the slot's next cells: what else is below its start forks.
        behind = int(tree.depth[first]) + np.arange(1, len(chain) + 1, dtype=np.int32)
        logits = self._model.decode(
            frontier_batch(
                np.append(tree.token[frontier], np.array(chain, dtype=np.int32)),
                np.append(tree.depth[frontier], behind) + np.int32(self._root_length - 1),
                np.append(self._slot[frontier], np.full_like(behind, self._slot[first])),
            )
        )
        count = len(frontier)
        self._add_children(frontier, logits[:count], shape)
        if proposer is not None and chain:
            proposer.followed(self._follow(first, chain, logits[count:], shape))
        return True

    def best(self, shape: TreeShape) -> DraftTree:
        """The likeliest nodes that the shape allows."""
        shallow = self._shallow(shape)
        return shallow.select(shallow.best(shape.budget, shape.max_leaves))

    def _shallow(self, shape: TreeShape) -> DraftTree:
        """Without the nodes that are deeper than the shape: growing ahead may have added some."""
        if self._tree.max_depth <= shape.max_depth:
            return self._tree
        return self._tree.select(self._tree.depth <= shape.max_depth)

    @property
    def decoded(self) -> NDArray[np.bool_]:
        """Marks the nodes that were decoded."""
        decoded: NDArray[np.bool_] = self._slot != NOT_DECODED
        return decoded

    def levels_since(self, before: NDArray[np.bool_], shape: TreeShape) -> int:
        """The longest path of nodes worth decoding that were, since `decoded` was `before`.

        Without proposals it took at least as many passes.
        """
        worth = (self._tree.log_prob >= self._cut(shape)) & (self._tree.depth < shape.max_depth)
        since = self.decoded & worth
        since[: len(before)] &= ~before
        levels: dict[int, int] = {}
        for node in np.flatnonzero(since).tolist():
            levels[node] = levels.get(int(self._tree.parent[node]), 0) + 1
        return max(levels.values(), default=0)

    def decoded_path(self, tokens: Sequence[int]) -> list[int]:
        """Nodes along `tokens` as far as they were decoded."""
        nodes: list[int] = []
        for token in tokens:
            node = self._tree.child(nodes[-1] if nodes else ROOT, token)
            if node is None or self._slot[node] == NOT_DECODED:
                break
            nodes.append(node)
        return nodes

    def slot_of(self, node: int) -> int:
        """A slot through a decoded node."""
        return int(self._slot[node])

    def rebase(self, root: int) -> None:
        """Make a decoded node the root: what is not below it is dropped."""
        tree = self._tree
        below = tree.below(root)
        numbers = np.flatnonzero(below)
        renumbered = {ROOT: ROOT - 1, root: ROOT}
        renumbered |= {int(old): new for new, old in enumerate(numbers)}
        slots = set(self._slot[below].tolist()) - {NOT_DECODED} | {self.slot_of(root)}
        self._slots.keep(self.slot_of(root), slots, renumbered)
        self._wasted = Counter({slot: n for slot, n in self._wasted.items() if slot in slots})
        self._root_length += int(tree.depth[root])
        self._slot = self._slot[below]
        self._tree = tree.rebased(root, below)

    def _frontier(self, shape: TreeShape) -> list[int]:
        """The likeliest nodes that are worth decoding, best first."""
        tree, cut = self._tree, self._cut(shape)
        candidates = np.flatnonzero(
            (self._slot == NOT_DECODED) & (tree.depth < shape.max_depth) & (tree.log_prob >= cut)
        )
        best_first = candidates[np.argsort(-tree.log_prob[candidates], kind="stable")]
        affordable = best_first[: min(shape.frontier, self._free_cells)]
        return [int(n) for n in affordable[: self._rows_worth(affordable, shape.speed, cut)]]

    @property
    def _free_cells(self) -> int:
        decoded = int(np.count_nonzero(self._slot != NOT_DECODED))
        used = self._root_length + decoded + self._wasted.total()
        return max(self._model.context_length - used, 0)

    def _proposed(self, node: int, shape: TreeShape, proposer: Proposer) -> list[int]:
        """How a placed node may go on."""
        depth = int(self._tree.depth[node])
        room = min(_LONGEST_PROPOSAL, shape.max_depth - depth, self._free_cells)
        if room <= 0:
            return []
        path = [int(self._tree.token[step]) for step in self._tree.path(node)]
        return list(takewhile(self._may_guess, proposer.propose(path, room)))

    def _may_guess(self, token: int) -> bool:
        return token < self._model.vocabulary_size and token not in self._never

    def _follow(self, node: int, chain: Sequence[int], logits: FloatRows, shape: TreeShape) -> int:
        """Make nodes of the proposed tokens that the draft finds likely, with their children.

        Returns how many of them are among the best.
        """
        slot, nodes = self.slot_of(node), list[int]()
        for done, (token, row) in enumerate(zip(chain, logits, strict=True)):
            self._slots.passed(node)
            child = self._tree.child(node, token)
            if child is None:
                self._wasted[slot] += len(chain) - done
                break
            self._slot[child] = slot
            self._add_children([child], row[None], shape)
            nodes.append(child)
            node = child
        return int(np.count_nonzero(self._tree.log_prob[nodes] >= self._cut(shape)))

    def _cut(self, shape: TreeShape) -> float:
        """The log-probability of the last of the best nodes."""
        return self._shallow(shape).nth_log_prob(shape.budget)

    def _rows_worth(self, nodes: NDArray[np.intp], speed: float, cut: float) -> int:
        """How many of these nodes, best first, promise more tokens than their pass takes.

        Below an accepted node about `_CHILD_MASS` of a token is found; in a full tree a child takes
        the place of a node at the `cut`.
        """
        if speed <= 0 or not len(nodes) or not self._model.curve.points:
            return len(nodes)
        chances = np.exp(self._tree.log_prob[nodes], dtype=np.float64)
        tokens = np.cumsum(_CHILD_MASS * chances - np.exp(cut))
        surplus = tokens - speed * self._model.curve.up_to(len(nodes))
        return int(surplus.argmax()) + 1 if surplus.max() > 0 else 0

    def _place(self, frontier: list[int]) -> list[int]:
        """Give nodes their slots; returns those that got one."""
        placed = []
        for node in frontier:
            parent = int(self._tree.parent[node])
            parent_slot = self.root_slot if parent == ROOT else self.slot_of(parent)
            length = self._root_length + int(self._tree.depth[node]) - 1
            slot = self._slots.place(parent, parent_slot, length)
            if slot is not None:
                self._slot[node] = slot
                placed.append(node)
        return placed

    def _add_children(self, parents: list[int], logits: FloatRows, shape: TreeShape) -> None:
        """Add likely children of `parents`, which have one row of logits each."""
        likely = [self._likely(row, shape) for row in logits]
        self._tree = self._tree.with_children(
            np.repeat(np.array(parents, dtype=np.int32), [len(tokens) for tokens, _ in likely]),
            np.concatenate([tokens for tokens, _ in likely]),
            np.concatenate([log_prob for _, log_prob in likely]),
        )
        added = len(self._tree) - len(self._slot)
        self._slot = np.append(self._slot, np.full(added, NOT_DECODED, dtype=np.int32))

    def _likely(
        self, row: NDArray[np.float32], shape: TreeShape
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Likely next tokens and their log-probabilities, best first."""
        best = top_indices(row, shape.children + len(self._never))
        allowed = [token for token in best.tolist() if token not in self._never]
        tokens = np.array(allowed[: shape.children], dtype=np.intp)
        log_prob = np.minimum(row[tokens] - np.float32(log_sum_exp(row, row[best[0]])), 0)
        likely = np.exp(log_prob) > shape.min_prob
        return tokens[likely], log_prob[likely]

"""SpecInfer's draft tree (arXiv 2305.09781): the same expansion in every round, level by level.

Children are drawn without replacement, as in the SpecExec authors' reproduction: equal draws would
only waste nodes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from math import isqrt
from operator import mul
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.bench.specinfer_draws import ChildDraws, Distribution
from engine.cancel import CancelToken
from engine.draft_slots import DraftSlots
from engine.draft_tree import ROOT, DraftTree
from engine.drafter import Drafter
from engine.flat_batch import frontier_batch
from engine.grow_tree import TreeShape
from engine.guess import Guesser
from engine.ports import FloatRows, LogitModel

_LEVELS: Final = 8
"""The depth of the paper's expansion. Larger trees are as deep as a square of their size is."""
_MOST_CHILDREN: Final = 3
_BRANCH_FIRST: Final = (2, 1, 0)
"""Levels in the order in which they branch while the budget lasts, before those below them."""


def expansion(shape: TreeShape) -> tuple[int, ...]:
    """Children of each node, level by level; `shape` bounds nodes, leaves and depth.

    A budget of 20 gives the paper's <1,1,3,1,1,1,1,1>; no level has more children than that.
    """
    depth = min(shape.budget, shape.max_depth, max(_LEVELS, isqrt(shape.budget)))
    children = [1] * depth
    for level in (*_BRANCH_FIRST, *range(len(_BRANCH_FIRST), depth)):
        for count in range(2, _MOST_CHILDREN + 1):
            wider = [count if n == level else children[n] for n in range(depth)]
            widths = list(accumulate(wider, mul))
            if sum(widths) <= shape.budget and widths[-1] <= shape.max_leaves:
                children = wider
    return tuple(children)


class SampledGrowth:
    """One round's tree in the draft's KV cache; its draws go on from round to round."""

    def __init__(self, model: LogitModel, draws: ChildDraws, root_length: int) -> None:
        """The root is the last of `root_length` cells in slot 0."""
        self._model = model
        self._draws = draws
        self._root_length = root_length
        self._slots = DraftSlots(model)
        self._nodes: list[tuple[int, int, float]] = []
        self._slot: dict[int, int] = {ROOT: self._slots.root}
        """Of decoded nodes."""
        self.sources: dict[int, Distribution] = {}
        """What the children of each node were drawn from."""

    def grow(
        self, levels: Sequence[int], root_logits: FloatRows, rows: int, cancel: CancelToken
    ) -> DraftTree:
        """All `levels`; a draft pass decodes up to `rows` nodes."""
        self._add_children(ROOT, root_logits[0], levels[0])
        done = 0
        for depth, count in enumerate(levels[1:], start=1):
            level = range(done, len(self._nodes))
            done = level.stop
            placed = [node for node in level if self._place(node, depth)]
            for start in range(0, len(placed), rows):
                cancel.check()
                some = placed[start : start + rows]
                for node, row in zip(some, self._decode(some, depth), strict=True):
                    self._add_children(node, row, count)
        return DraftTree.build(self._nodes)

    def decoded(self, tree: DraftTree, tokens: Sequence[int]) -> tuple[int, int]:
        """How many of `tokens` were decoded along the tree, and a slot through the last of them."""
        node = ROOT
        for count, token in enumerate(tokens):
            child = tree.child(node, token)
            if child is None or child not in self._slot:
                return count, self._slot[node]
            node = child
        return len(tokens), self._slot[node]

    def _add_children(self, parent: int, logits: NDArray[np.float32], count: int) -> None:
        drawn = self._draws.draw(logits, count)
        if drawn.source is not None:
            self.sources[parent] = drawn.source
        above = 0.0 if parent == ROOT else self._nodes[parent][2]
        for token, log_prob in zip(drawn.tokens.tolist(), drawn.log_prob.tolist(), strict=True):
            self._nodes.append((token, parent, above + log_prob))

    def _place(self, node: int, depth: int) -> bool:
        parent = self._nodes[node][1]
        slot = self._slots.place(parent, self._slot[parent], self._root_length + depth - 1)
        if slot is None:
            return False
        self._slot[node] = slot
        return True

    def _decode(self, nodes: Sequence[int], depth: int) -> FloatRows:
        tokens = np.array([self._nodes[node][0] for node in nodes], dtype=np.int32)
        slots = np.array([self._slot[node] for node in nodes], dtype=np.int32)
        positions = np.full(len(nodes), self._root_length + depth - 1, dtype=np.int32)
        return self._model.decode(frontier_batch(tokens, positions, slots))


class SpecInferGuesser(Guesser):
    """The session's draft, growing SpecInfer's trees; it learns nothing and never grows ahead."""

    def __init__(self, drafter: Drafter, own: Guesser, draws: ChildDraws) -> None:
        super().__init__(drafter, own.suggester, own.recycler)
        self._drafter = drafter
        self._draws = draws
        self._growth: SampledGrowth | None = None
        self._tree = DraftTree.empty()

    @property
    def sources(self) -> Mapping[int, Distribution]:
        """What the children of each node of this round's tree were drawn from."""
        return self._growth.sources if self._growth is not None else {}

    def draft(self, text: Sequence[int], shape: TreeShape, cancel: CancelToken) -> DraftTree:
        """See `Guesser`."""
        self._growth, self._tree = None, DraftTree.empty()
        logits = self._drafter.catch_up(text, cancel)
        model = self._drafter.model
        root_length = len(self._drafter.prefix)
        nodes = min(shape.budget, model.context_length - root_length)
        if logits is None or nodes <= 0:
            return self._tree
        self._growth = SampledGrowth(model, self._draws, root_length)
        levels = expansion(replace(shape, budget=nodes))
        self._tree = self._growth.grow(levels, logits, shape.frontier, cancel)
        return self._tree

    def draft_ahead(
        self, text: Sequence[int], shape: TreeShape, busy: Callable[[], bool], cancel: CancelToken
    ) -> None:
        """SpecInfer waits for its target."""

    def keep(self, tokens: Sequence[int]) -> None:
        """See `Guesser`."""
        if self._growth is not None:
            count, slot = self._growth.decoded(self._tree, tokens)
            self._growth = None
            self._drafter.prefix.keep(slot, len(self._drafter.prefix), tokens[:count])

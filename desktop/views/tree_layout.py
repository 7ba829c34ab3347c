"""Where the nodes of a tree stand: depth goes down, what was taken is the first column.

Rejected subtrees follow, rigid, as far to the start as those before them allow in each row. What is
very unlikely, or finds no room in the width, is folded into the node above it. Knows no Qt.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from desktop.views.tree_nodes import ROOT, TreeNode, children

PITCH: Final = 32
PILL: Final = 22
GAP: Final = 8
DOT: Final = 6
DOT_GAP: Final = 4
PILLS_UP_TO: Final = 160
"""Visible nodes; from there on rejected ones are dots."""
_FOLD_BELOW: Final = 0.02
_COUNT_ROOM: Final = 26

Width = Callable[[TreeNode], float]


@dataclass(frozen=True)
class Place:
    """A node that is shown. `hidden`: nodes folded into it."""

    node: int
    row: int
    left: float
    width: float
    hidden: int
    is_dot: bool

    @property
    def right(self) -> float:
        """With the count of what is folded; a dot has no room for one."""
        return self.left + self.width + (_COUNT_ROOM if self.hidden and not self.is_dot else 0)


@dataclass(frozen=True)
class TreeLayout:
    """All places, parents first. Row 0 is the root's; `hidden` nodes are folded into it."""

    places: tuple[Place, ...]
    width: float
    rows: int
    hidden: int

    @cached_property
    def by_row(self) -> Mapping[int, Sequence[Place]]:
        """The places of each row."""
        rows: dict[int, list[Place]] = {}
        for place in self.places:
            rows.setdefault(place.row, []).append(place)
        return rows

    @cached_property
    def by_node(self) -> Mapping[int, Place]:
        """The place of each node that is shown."""
        return {place.node: place for place in self.places}

    def hidden_in(self, node: int) -> int:
        """How many nodes are folded into one that is shown, or into `ROOT`."""
        return self.hidden if node == ROOT else self.by_node[node].hidden

    def node_at(self, x: float, y: float) -> int | None:
        """The node there; `ROOT` has row 0 to itself."""
        row = int(y // PITCH)
        if row == 0:
            return ROOT
        found = (place.node for place in self.by_row.get(row, ()) if place.left <= x < place.right)
        return next(found, None)


def lay_out(
    nodes: Sequence[TreeNode], width_of: Width, room: float, unfolded: Collection[int] = ()
) -> TreeLayout:
    """Place what was taken, what is below `unfolded` nodes, and the likeliest others that fit."""
    always = _always_shown(nodes, unfolded)
    others = _likeliest_first(nodes, always)
    paper = _Paper(nodes, width_of, dots=len(always) + len(others) > PILLS_UP_TO)

    def place(count: int) -> TreeLayout:
        return paper.place(always.union(others[:count]))

    everything = place(len(others))
    if everything.width <= room:
        return everything
    room = max(room, place(0).width)
    first_too_wide = bisect_left(
        range(len(others) + 1), x=True, key=lambda count: place(count).width > room
    )
    return place(first_too_wide - 1)


def _always_shown(nodes: Sequence[TreeNode], unfolded: Collection[int]) -> set[int]:
    """Closed: with each node comes the one above it."""
    shown: set[int] = set()
    for index, node in enumerate(nodes):
        if node.accepted or node.parent in unfolded:
            while index != ROOT and index not in shown:
                shown.add(index)
                index = nodes[index].parent  # noqa: PLW2901 - up to the root
    return shown


def _likeliest_first(nodes: Sequence[TreeNode], without: Collection[int]) -> list[int]:
    """Nodes that are likely enough to show. No node is likelier than the one above it."""
    chances = {
        index: node.chance or 0.0
        for index, node in enumerate(nodes)
        if index not in without and (node.chance or 0.0) >= _FOLD_BELOW
    }
    return sorted(chances, key=lambda index: -chances[index])


class _Paper:
    """Places parts of one tree; how wide its nodes are is measured once."""

    def __init__(self, nodes: Sequence[TreeNode], width_of: Width, *, dots: bool) -> None:
        self._nodes = nodes
        self._below = children(nodes)
        self._is_dot = [dots and not node.accepted for node in nodes]
        self._gap = DOT_GAP if dots else GAP
        self._widths = [
            DOT if is_dot else width_of(node)
            for is_dot, node in zip(self._is_dot, nodes, strict=True)
        ]

    def place(self, shown: Collection[int]) -> TreeLayout:
        """Place the nodes `shown`, which is closed: with each node comes the one above it."""
        order = sorted(shown)
        hidden = self._hidden(shown)
        offsets = self._offsets(order, hidden)
        left: dict[int, float] = {ROOT: 0.0}
        places = []
        for index in order:
            left[index] = left[self._nodes[index].parent] + offsets[index]
            places.append(
                Place(
                    index,
                    self._nodes[index].depth,
                    left[index],
                    self._widths[index],
                    hidden[index],
                    self._is_dot[index],
                )
            )
        return TreeLayout(
            tuple(places),
            max((place.right for place in places), default=0.0),
            1 + max((self._nodes[index].depth for index in order), default=0),
            hidden[ROOT],
        )

    def _hidden(self, shown: Collection[int]) -> list[int]:
        """How many nodes are folded into each; those of `ROOT` stand last."""
        counts = [0] * (len(self._nodes) + 1)
        for index in range(len(self._nodes) - 1, -1, -1):
            if index not in shown:
                counts[self._nodes[index].parent] += 1 + counts[index]
        return counts

    def _offsets(self, order: Sequence[int], hidden: Sequence[int]) -> dict[int, float]:
        """How far each node stands from its parent, so that no row of two subtrees overlaps."""
        offsets: dict[int, float] = {}
        edges: dict[int, dict[int, tuple[float, float]]] = {}
        for index in [*reversed(order), ROOT]:
            rows = {} if index == ROOT else self._row(index, hidden[index])
            for child in self._below.get(index, ()):
                if child in edges:
                    offsets[child] = _join(rows, edges.pop(child), self._gap)
            edges[index] = rows
        return offsets

    def _row(self, index: int, hidden: int) -> dict[int, tuple[float, float]]:
        """What a node takes alone."""
        room = _COUNT_ROOM if hidden and not self._is_dot[index] else 0
        return {self._nodes[index].depth: (0.0, self._widths[index] + room)}


def _join(
    rows: dict[int, tuple[float, float]], part: dict[int, tuple[float, float]], gap: int
) -> float:
    """Put a subtree behind what stands in `rows`, which grows by it; how far it was moved."""
    shift = max(
        (rows[row][1] + gap - low for row, (low, _) in part.items() if row in rows), default=0.0
    )
    for row, (low, high) in part.items():
        start = rows[row][0] if row in rows else low + shift
        rows[row] = (start, high + shift)
    return shift

"""Where the nodes of a tree stand: depth goes down, what was taken is the first column.

Rejected subtrees follow, rigid, as far to the start as those before them allow in each row. What is
very unlikely, or finds no room in the width, is folded into the node above it. Knows no Qt.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.views.tree_nodes import ROOT, TreeNode, children

PITCH: Final = 32
PILL: Final = 22
GAP: Final = 8
DOT: Final = 6
PILLS_UP_TO: Final = 160
"""Visible nodes; from there on rejected ones are dots."""
_FOLD_BELOW: Final = 0.02
_COUNT_ROOM: Final = 26

Width = Callable[[TreeNode], float]


@dataclass(frozen=True)
class Place:
    """A node that is shown. `hidden`: nodes folded into it."""

    node: int
    left: float
    width: float
    hidden: int
    is_dot: bool

    @property
    def right(self) -> float:
        """With the count of what is folded."""
        return self.left + self.width + (_COUNT_ROOM if self.hidden else 0)


@dataclass(frozen=True)
class TreeLayout:
    """All places, parents first. Row 0 is the root's; `hidden` nodes are folded into it."""

    places: tuple[Place, ...]
    width: float
    rows: int
    hidden: int


def lay_out(
    nodes: Sequence[TreeNode], width_of: Width, width: float, unfolded: Collection[int] = ()
) -> TreeLayout:
    """Place `nodes` within `width`, where the accepted path fits; `unfolded` ones show all."""
    below = children(nodes)
    folded = {
        index
        for index, node in enumerate(nodes)
        if not node.accepted
        and node.chance is not None
        and node.chance < _FOLD_BELOW
        and node.parent not in unfolded
    }
    layout = _place(nodes, below, _without(nodes, folded), width_of)
    outside = {
        place.node
        for place in layout.places
        if place.right > width
        and not nodes[place.node].accepted
        and nodes[place.node].parent not in unfolded
    }
    return _place(nodes, below, _without(nodes, folded | outside), width_of) if outside else layout


def _without(nodes: Sequence[TreeNode], folded: Collection[int]) -> list[bool]:
    """Which nodes are shown: those that are not folded, nor lie below one that is."""
    shown: list[bool] = []
    for index, node in enumerate(nodes):
        shown.append(index not in folded and (node.parent == ROOT or shown[node.parent]))
    return shown


def _place(
    nodes: Sequence[TreeNode],
    below: dict[int, list[int]],
    shown: list[bool],
    width_of: Width,
) -> TreeLayout:
    dots = sum(shown) > PILLS_UP_TO
    hidden = _hidden(nodes, shown)
    widths = [DOT if dots and not node.accepted else width_of(node) for node in nodes]
    offsets = _offsets(
        nodes,
        below,
        shown,
        [width + (_COUNT_ROOM if hidden[index] else 0) for index, width in enumerate(widths)],
    )
    left: dict[int, float] = {ROOT: 0.0}
    places = []
    for index in (index for index, is_shown in enumerate(shown) if is_shown):
        node = nodes[index]
        left[index] = left[node.parent] + offsets[index]
        is_dot = dots and not node.accepted
        places.append(Place(index, left[index], widths[index], hidden[index], is_dot))
    return TreeLayout(
        tuple(places),
        max((place.right for place in places), default=0.0),
        1 + max((nodes[place.node].depth for place in places), default=0),
        hidden[ROOT],
    )


def _hidden(nodes: Sequence[TreeNode], shown: list[bool]) -> list[int]:
    """How many nodes are folded into each; those of `ROOT` stand last."""
    counts = [0] * (len(nodes) + 1)
    for index in range(len(nodes) - 1, -1, -1):
        if not shown[index]:
            counts[nodes[index].parent] += 1 + counts[index]
    return counts


def _offsets(
    nodes: Sequence[TreeNode], below: dict[int, list[int]], shown: list[bool], widths: list[float]
) -> list[float]:
    """How far each node stands from its parent, so that no row of two subtrees overlaps."""
    offsets = [0.0] * len(nodes)
    edges: dict[int, dict[int, tuple[float, float]]] = {}
    for index in [*range(len(nodes) - 1, -1, -1), ROOT]:
        if index != ROOT and not shown[index]:
            continue
        rows = {} if index == ROOT else {nodes[index].depth: (0.0, widths[index])}
        for child in below.get(index, ()):
            if shown[child]:
                offsets[child] = _join(rows, edges.pop(child))
        edges[index] = rows
    return offsets


def _join(rows: dict[int, tuple[float, float]], part: dict[int, tuple[float, float]]) -> float:
    """Put a subtree behind what stands in `rows`, which grows by it; how far it was moved."""
    shift = max(
        (rows[row][1] + GAP - low for row, (low, _) in part.items() if row in rows), default=0.0
    )
    for row, (low, high) in part.items():
        start = rows[row][0] if row in rows else low + shift
        rows[row] = (start, high + shift)
    return shift

"""Trees on paper: nothing overlaps, nothing is lost, the accepted path is the first column."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop.views.tree_layout import DOT, PILLS_UP_TO, TreeLayout, lay_out
from desktop.views.tree_nodes import ROOT, TreeNode, children, tree_nodes, visible
from engine.events import Origin, TreeDrawn

WIDE = 1e6


def drawn(parents: list[int], chances: list[float], taken: tuple[int, ...]) -> TreeDrawn:
    return TreeDrawn(
        1,
        "root",
        tuple(f"w{index}" for index in range(len(parents))),
        tuple(parents),
        tuple(chances),
        (Origin.TREE,) * len(parents),
        taken,
        "bonus",
    )


@st.composite
def trees(draw: st.DrawFn) -> TreeDrawn:
    """A tree of up to 200 nodes and some path through it."""
    count = draw(st.integers(1, 200))
    parents = [draw(st.integers(max(-1, index - 9), index - 1)) for index in range(count)]
    chances: list[float] = []
    for parent in parents:
        above = 1.0 if parent == ROOT else chances[parent]
        chances.append(above * draw(st.floats(0.01, 1)))
    path, node = [], draw(st.integers(-1, count - 1))
    while node != ROOT:
        path.append(node)
        node = parents[node]
    return drawn(parents, chances, tuple(reversed(path)))


def width_of(node: TreeNode) -> float:
    return 10.0 * len(node.words)


def rows(layout: TreeLayout, nodes: list[TreeNode]) -> dict[int, list[tuple[float, float]]]:
    found: dict[int, list[tuple[float, float]]] = {}
    for place in layout.places:
        found.setdefault(nodes[place.node].depth, []).append((place.left, place.right))
    return {depth: sorted(spans) for depth, spans in found.items()}


@given(tree=trees(), width=st.sampled_from([200.0, 600.0, WIDE]))
def test_nothing_overlaps_and_every_node_is_shown_or_counted(tree: TreeDrawn, width: float) -> None:
    nodes = tree_nodes(tree)
    layout = lay_out(nodes, width_of, width)
    for spans in rows(layout, nodes).values():
        for (_, right), (left, _) in pairwise(spans):
            assert left >= right
    assert len(layout.places) + layout.hidden + sum(p.hidden for p in layout.places) == len(nodes)
    shown = {place.node for place in layout.places}
    assert all(nodes[node].parent == ROOT or nodes[node].parent in shown for node in shown)


@given(tree=trees(), width=st.sampled_from([200.0, WIDE]))
def test_what_was_taken_is_the_first_column_and_never_folded(tree: TreeDrawn, width: float) -> None:
    nodes = tree_nodes(tree)
    left = {place.node: place.left for place in lay_out(nodes, width_of, width).places}
    taken = [index for index, node in enumerate(nodes) if node.accepted]
    assert [left[index] for index in taken] == [0.0] * len(taken)
    assert len(taken) == len(tree.path) + 1, "the bonus too"


def test_the_unlikely_is_folded_until_it_is_asked_for() -> None:
    nodes = tree_nodes(drawn([ROOT, ROOT, 1], [0.6, 0.01, 0.005], (0,)))
    folded = lay_out(nodes, width_of, WIDE)
    assert ([place.node for place in folded.places], folded.hidden) == ([0, 3], 2)
    unfolded = lay_out(nodes, width_of, WIDE, {ROOT})
    assert [(place.node, place.hidden) for place in unfolded.places] == [(0, 0), (1, 1), (3, 0)]


def test_many_nodes_become_dots_but_not_what_was_taken() -> None:
    count = PILLS_UP_TO + 10
    nodes = tree_nodes(drawn([ROOT] * count, [0.5] * count, (0,)))
    places = lay_out(nodes, width_of, WIDE).places
    assert {place.width for place in places if place.is_dot} == {DOT}
    assert [place.node for place in places if not place.is_dot] == [0, count]


def test_the_likeliest_comes_first_below_what_was_taken() -> None:
    nodes = tree_nodes(drawn([ROOT, ROOT, ROOT], [0.2, 0.5, 0.1], (2,)))
    assert children(nodes)[ROOT] == [2, 1, 0]


def test_white_space_can_be_seen() -> None:
    assert [visible(text) for text in (" word", "  ", "\n", "a\tb", " ")] == [
        "word",
        "␣␣",
        "↵",
        "a⇥b",
        "␣",
    ]

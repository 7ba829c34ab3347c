"""A drawn tree as nodes with words, for picture, list and tooltips. Knows no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from engine import language
from engine.events import Origin, TreeDrawn
from engine.language import tr

ROOT: Final = -1
_LONGEST: Final = 12
_LEAST_SHOWN: Final = 0.01
_INNER: Final = str.maketrans({"\n": "↵", "\t": "⇥", "\r": "↵"})
_VISIBLE: Final = {**_INNER, ord(" "): "␣"}

ORIGIN_NAMES: Final[Mapping[Origin, str]] = {
    Origin.TREE: tr("draft tree"),
    Origin.NGRAM: tr("n-gram"),
    Origin.RECYCLED: tr("recycled"),
    Origin.TARGET: tr("target's own"),
}


@dataclass(frozen=True)
class TreeNode:
    """One guess, or the bonus. `chance` None: not known, as of the target's own token."""

    text: str
    parent: int
    depth: int
    origin: Origin
    chance: float | None
    accepted: bool

    @cached_property
    def words(self) -> str:
        """Short, with white space that can be seen."""
        return cut(visible(self.text))

    @property
    def is_bonus(self) -> bool:
        """Sampled by the target where the walk left the tree."""
        return self.origin is Origin.TARGET

    def sentence(self, number: int) -> str:
        """For who asks: where it came from, in round `number`."""
        parts = [
            ORIGIN_NAMES[self.origin],
            tr("round {number}").format(number=number),
            tr("depth {depth}").format(depth=self.depth),
        ]
        if self.chance is not None:
            parts.append(percent(self.chance))
        return " · ".join(parts)


def tree_nodes(tree: TreeDrawn) -> list[TreeNode]:
    """The nodes of a tree in its order, and behind them the bonus."""
    path = set(tree.path)
    depths: list[int] = []
    nodes = []
    for index, (text, parent) in enumerate(zip(tree.pieces, tree.parents, strict=True)):
        depths.append(1 if parent == ROOT else depths[parent] + 1)
        chance = tree.chances[index] if tree.chances else None
        nodes.append(TreeNode(text, parent, depths[-1], tree.origins[index], chance, index in path))
    if tree.bonus:
        last = tree.path[-1] if tree.path else ROOT
        depth = len(tree.path) + 1
        nodes.append(TreeNode(tree.bonus, last, depth, Origin.TARGET, None, accepted=True))
    return nodes


def children(nodes: Sequence[TreeNode]) -> dict[int, list[int]]:
    """Of each node (and `ROOT`) what lies below it: what was taken first, then the likeliest."""
    below: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        below.setdefault(node.parent, []).append(index)
    for siblings in below.values():
        siblings.sort(key=lambda index: (not nodes[index].accepted, -(nodes[index].chance or 0.0)))
    return below


def visible(text: str) -> str:
    """A token as it can be read: the space before a word is left out, other white space shows."""
    if len(text) > 1 and text[0] == " " and text[1] not in " \n\t\r":
        text = text[1:]
    return text.translate(_VISIBLE) if not text.strip() else text.translate(_INNER)


def cut(text: str) -> str:
    """At most twelve characters."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def percent(chance: float) -> str:
    """A chance as people read it."""
    if chance < _LEAST_SHOWN:
        return tr("under {chance}").format(chance=language.percent(_LEAST_SHOWN))
    return language.percent(chance)

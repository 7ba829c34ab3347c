"""How origins look: solid, dotted, dash-dotted, dashed; told apart without colour too."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen, QTextCharFormat

from desktop.theme import Theme
from desktop.views.tree_nodes import TreeNode
from engine.events import Origin

COLORS: Final[Mapping[Origin, str]] = {
    Origin.TREE: "origin_tree",
    Origin.NGRAM: "origin_ngram",
    Origin.RECYCLED: "origin_ngram",
    Origin.TARGET: "origin_target",
}
LINES: Final[Mapping[Origin, Qt.PenStyle]] = {
    Origin.TREE: Qt.PenStyle.SolidLine,
    Origin.NGRAM: Qt.PenStyle.DotLine,
    Origin.RECYCLED: Qt.PenStyle.DashDotLine,
    Origin.TARGET: Qt.PenStyle.DashLine,
}
UNDERLINES: Final[Mapping[Origin, QTextCharFormat.UnderlineStyle]] = {
    Origin.TREE: QTextCharFormat.UnderlineStyle.SingleUnderline,
    Origin.NGRAM: QTextCharFormat.UnderlineStyle.DotLine,
    Origin.RECYCLED: QTextCharFormat.UnderlineStyle.DashDotLine,
    Origin.TARGET: QTextCharFormat.UnderlineStyle.DashUnderline,
}
_UNKNOWN: Final = 0.5
"""Drawn for a chance that nobody knows."""


def origin_pen(theme: Theme, origin: Origin, width: float = 2.0) -> QPen:
    """The line of an origin."""
    return QPen(theme.color(COLORS[origin]), width, LINES[origin])


def accepted_pen(theme: Theme, node: TreeNode) -> QPen:
    """Around a node that the target took."""
    return origin_pen(theme, node.origin)


def pill_pen(theme: Theme, node: TreeNode) -> QPen:
    """Around a node that the target did not take."""
    if node.origin is Origin.TREE:
        return QPen(theme.color("border_strong"), 1)
    return origin_pen(theme, node.origin, 1)


def edge_pen(theme: Theme, node: TreeNode) -> QPen:
    """Down to a node: the likelier, the wider."""
    chance = _UNKNOWN if node.chance is None else node.chance
    if not node.accepted:
        return QPen(theme.color("border_strong"), 1 + chance)
    color = "origin_target" if node.is_bonus else "origin_tree"
    return QPen(theme.color(color), 2 + 2 * chance)

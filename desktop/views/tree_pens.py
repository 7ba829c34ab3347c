"""How origins look: solid, dotted, dash-dotted, dashed; told apart without colour too."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen, QTextCharFormat

from desktop.theme import Theme
from desktop.views.tree_nodes import TreeNode
from engine.events import Origin

COLORS: Final[Mapping[Origin, str]] = {
    Origin.TREE: "origin_tree",
    Origin.NGRAM: "origin_ngram",
    Origin.RECYCLED: "origin_ngram",
    Origin.TARGET: "origin_target",
}
_DASHES: Final[Mapping[Origin, Sequence[float]]] = {
    Origin.NGRAM: (0.1, 2),
    Origin.RECYCLED: (2.5, 2, 0.1, 2),
    Origin.TARGET: (2.5, 2),
}
"""Lengths of dashes and gaps in widths of the pen; its round ends make dots of the shortest."""
UNDERLINES: Final[Mapping[Origin, QTextCharFormat.UnderlineStyle]] = {
    Origin.TREE: QTextCharFormat.UnderlineStyle.SingleUnderline,
    Origin.NGRAM: QTextCharFormat.UnderlineStyle.DotLine,
    Origin.RECYCLED: QTextCharFormat.UnderlineStyle.DashDotLine,
    Origin.TARGET: QTextCharFormat.UnderlineStyle.DashUnderline,
}
_UNKNOWN: Final = 0.5
"""Drawn for a chance that nobody knows."""
_STEPS: Final = 4


def origin_pen(theme: Theme, origin: Origin, width: float = 2.0) -> QPen:
    """The line of an origin."""
    pen = QPen(theme.color(COLORS[origin]), width)
    if origin in _DASHES:
        pen.setDashPattern(list(_DASHES[origin]))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


class TreeLook:
    """Pens and colours of a tree, made once for each theme: a tree has hundreds of nodes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._colors: dict[str, QColor] = {}
        self._pens: dict[tuple[Origin, bool], QPen] = {}
        theme.changed.connect(self._colors.clear)
        theme.changed.connect(self._pens.clear)

    def color(self, token: str) -> QColor:
        """The colour of a token in the current theme."""
        if token not in self._colors:
            self._colors[token] = self._theme.color(token)
        return self._colors[token]

    def pill(self, origin: Origin, *, accepted: bool) -> QPen:
        """Around a node."""
        kind = (origin, accepted)
        if kind not in self._pens:
            self._pens[kind] = self._pill(*kind)
        return self._pens[kind]

    def _pill(self, origin: Origin, accepted: bool) -> QPen:  # noqa: FBT001 - a key's parts
        if not accepted and origin is Origin.TREE:
            return QPen(self.color("border_strong"), 1)
        return origin_pen(self._theme, origin, 2 if accepted else 1)

    def taken_edge(self, node: TreeNode) -> QPen:
        """Down to a node that was taken: the likelier, the wider."""
        color = "origin_target" if node.is_bonus else "origin_tree"
        return QPen(self.color(color), 2 + 2 * _chance(node))

    def refused_edge(self, width: float) -> QPen:
        """Down to nodes that were not."""
        return QPen(self.color("border_strong"), width)


def refused_width(node: TreeNode) -> float:
    """How wide the edge down to a node is that was not taken, in steps that an eye may see."""
    return 1 + round(_STEPS * _chance(node)) / _STEPS


def _chance(node: TreeNode) -> float:
    return _UNKNOWN if node.chance is None else node.chance

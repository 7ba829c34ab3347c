"""Paints the tree of one round, with the share of rounds that took a guess of each depth."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath

from desktop.theme import Theme
from desktop.views.tree_layout import DOT, PILL, PITCH, Place, TreeLayout
from desktop.views.tree_nodes import TreeNode, visible
from desktop.views.tree_pens import TreeLook, refused_width
from engine.events import Origin, TreeDrawn
from engine.language import tr

GUTTER: Final = 92
"""Before the tree, for depths and shares."""
_PAD: Final = 18
_LEAST: Final = 30
_TOP: Final = 2
_STEM: Final = 20
"""Where edges leave and reach a pill."""
_CURVE: Final = 4
_RADIUS: Final = 6
_SHARE_LEFT, _SHARE_WIDTH, _SHARE_HEIGHT = 24, 44, 6
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class TreePicture:
    """What is painted."""

    tree: TreeDrawn | None = None
    nodes: Sequence[TreeNode] = ()
    layout: TreeLayout = field(default_factory=lambda: TreeLayout((), 0.0, 0, 0))
    shares: Sequence[float] = ()

    @cached_property
    def refused_edges(self) -> Mapping[float, QPainterPath]:
        """Those of one width as one path: hundreds of calls would take longer than their lines."""
        paths: defaultdict[float, QPainterPath] = defaultdict(QPainterPath)
        for place in self.layout.places:
            node = self.nodes[place.node]
            if not node.accepted:
                paths[refused_width(node)].addPath(_edge(self, place))
        return paths

    @cached_property
    def dots(self) -> Mapping[Origin, Sequence[QRectF]]:
        """The nodes that are dots, all of them refused, by where they came from."""
        dots: defaultdict[Origin, list[QRectF]] = defaultdict(list)
        for place in self.layout.places:
            if place.is_dot:
                top = place.row * PITCH + _TOP + (PILL - DOT) / 2
                dots[self.nodes[place.node].origin].append(QRectF(place.left, top, DOT, DOT))
        return dots


class TreePainter:
    """Measures and paints for text of the usual size; `scale` is how much larger it is shown."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._look = TreeLook(theme)
        self.take_theme()

    def take_theme(self) -> None:
        """Follow a change of the theme."""
        self.scale = self._theme.scaled(100) / 100
        self._font = self._usual(self._theme.font("mono"))
        self._bold = self._usual(self._theme.font("mono", QFont.Weight.Bold))
        self._small = self._usual(self._theme.font("small"))
        self._widths: dict[str, float] = {}
        """Of pills, by their words: most words come again and again."""

    def width_of(self, node: TreeNode) -> float:
        """How wide its pill is."""
        width = self._widths.get(node.words)
        if width is None:
            advance = QFontMetricsF(self._font).horizontalAdvance(node.words)
            width = self._widths[node.words] = max(_LEAST, advance + _PAD)
        return width

    def paint(self, painter: QPainter, picture: TreePicture, top: float, bottom: float) -> None:
        """Paint what lies between two heights of the widget, and nothing else."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.scale(self.scale, self.scale)
        pitch = PITCH * self.scale
        first, last = int(top // pitch), int(bottom // pitch)
        self._paint_shares(painter, picture, first, last)
        painter.translate(GUTTER, 0)
        self._paint_root(painter, picture)
        rows = range(max(first, 1), last + 2)
        self._paint_refused_edges(painter, picture)
        for place in _in(picture, rows, accepted=True):
            painter.setPen(self._look.taken_edge(picture.nodes[place.node]))
            painter.drawPath(_edge(picture, place))
        self._paint_dots(painter, picture)
        for accepted in (False, True):
            for place in _in(picture, rows, accepted=accepted):
                self._paint_node(painter, picture.nodes[place.node], place)

    def _usual(self, font: QFont) -> QFont:
        font.setPointSizeF(font.pointSizeF() / self.scale)
        return font

    def _paint_shares(self, painter: QPainter, picture: TreePicture, first: int, last: int) -> None:
        painter.setFont(self._small)
        painter.setPen(self._look.color("muted"))
        if picture.shares:
            painter.drawText(QRectF(0, _TOP, GUTTER, PILL), _MIDDLE, tr("Accepted"))
        reached = len(picture.tree.path) if picture.tree else 0
        for depth in range(max(first, 1), min(last, len(picture.shares)) + 1):
            share = picture.shares[depth - 1]
            self._paint_share(painter, depth, share, bright=depth <= reached)

    def _paint_share(self, painter: QPainter, depth: int, share: float, *, bright: bool) -> None:
        row = QRectF(0, depth * PITCH + _TOP, _SHARE_LEFT - 8, PILL)
        painter.setPen(self._look.color("muted"))
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(row, end, str(depth))
        bar = QRectF(_SHARE_LEFT, row.center().y() - 3, _SHARE_WIDTH, _SHARE_HEIGHT)
        painter.fillRect(bar, self._look.color("hover"))
        bar.setWidth(_SHARE_WIDTH * share)
        painter.fillRect(bar, self._look.color("data_draft" if bright else "data_draft_2"))

    def _paint_root(self, painter: QPainter, picture: TreePicture) -> None:
        if not picture.tree:
            return
        painter.setFont(self._font)
        painter.setPen(self._look.color("muted"))
        hidden = picture.layout.hidden
        words = visible(picture.tree.root) + (f"  +{hidden}" * bool(hidden))
        painter.drawText(QPointF(2, _TOP + PILL / 2 + 5), words)

    def _paint_refused_edges(self, painter: QPainter, picture: TreePicture) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, path in picture.refused_edges.items():
            painter.setPen(self._look.refused_edge(width))
            painter.drawPath(path)

    def _paint_dots(self, painter: QPainter, picture: TreePicture) -> None:
        for origin, dots in picture.dots.items():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.pill(origin, accepted=False).color())
            painter.drawRects(dots)

    def _paint_node(self, painter: QPainter, node: TreeNode, place: Place) -> None:
        if place.is_dot:
            return
        box = QRectF(place.left, place.row * PITCH + _TOP, place.width, PILL)
        self._paint_pill(painter, box, node)
        if place.hidden:
            painter.setFont(self._font)
            painter.setPen(self._look.color("muted"))
            painter.drawText(QPointF(box.right() + 5, box.center().y() + 5), f"+{place.hidden}")

    def _paint_pill(self, painter: QPainter, box: QRectF, node: TreeNode) -> None:
        taken = node.accepted and not node.is_bonus
        painter.setPen(self._look.pill(node.origin, accepted=node.accepted))
        painter.setBrush(self._look.color("accent_soft" if taken else "background"))
        inset = 1.0 if node.accepted else 0.5
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
        painter.setFont(self._bold if node.accepted else self._font)
        painter.setPen(self._look.color("text" if node.accepted else "muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, node.words)


def _in(picture: TreePicture, rows: range, *, accepted: bool) -> Iterator[Place]:
    for row in rows:
        for place in picture.layout.by_row.get(row, ()):
            if picture.nodes[place.node].accepted is accepted:
                yield place


def _stem(place: Place | None) -> float:
    """Where edges meet a node."""
    if place is None:
        return _STEM
    return place.left + (place.width / 2 if place.is_dot else _STEM)


def _edge(picture: TreePicture, place: Place) -> QPainterPath:
    """From the node above down to a node."""
    above = picture.layout.by_node.get(picture.nodes[place.node].parent)
    reach = (PILL + DOT) / 2 if above and above.is_dot else PILL
    top = (place.row - 1) * PITCH + _TOP + reach
    bottom = place.row * PITCH + _TOP + (PILL / 2 if place.is_dot else 0)
    return _down(QPointF(_stem(above), top), QPointF(_stem(place), bottom))


def _down(start: QPointF, end: QPointF) -> QPainterPath:
    """Straight down, or down, across and down with rounded corners."""
    path = QPainterPath(start)
    if start.x() != end.x():
        bus = start.y() + _CURVE + 1
        path.lineTo(start.x(), bus - _CURVE)
        path.quadTo(start.x(), bus, start.x() + _CURVE, bus)
        path.lineTo(end.x() - _CURVE, bus)
        path.quadTo(end.x(), bus, end.x(), bus + _CURVE)
    path.lineTo(end)
    return path

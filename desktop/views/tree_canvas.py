"""The picture of one round's tree, with the share of rounds that took a guess of each depth."""

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QWidget

from desktop.theme import Theme
from desktop.views.tree_layout import DOT, GAP, PILL, PITCH, Place, TreeLayout, lay_out
from desktop.views.tree_nodes import ROOT, TreeNode, tree_nodes, visible
from desktop.views.tree_pens import TreeLook
from engine.events import TreeDrawn
from engine.language import percent, tr

GUTTER: Final = 92
_PAD: Final = 18
_LEAST: Final = 30
_TOP: Final = 2
_STEM: Final = 20
"""Where edges leave and reach a pill."""
_CURVE: Final = 4
_RADIUS: Final = 6
_SHARE_LEFT, _SHARE_WIDTH, _SHARE_HEIGHT = 24, 44, 6


class TreeScroll(QScrollArea):
    """Scrolls a canvas and tells it how much room there is."""

    def __init__(self, canvas: "TreeCanvas") -> None:
        super().__init__()
        self._canvas = canvas
        self.setWidget(canvas)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Picture of the tree"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # With the bar, whether it shows or not: else each would bring about the other.
        bar = self.verticalScrollBar().sizeHint().width()
        self._canvas.fit(self.width() - bar)


class TreeCanvas(QWidget):
    """Lays out when the round or the width changes, and paints only what must be painted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._look = TreeLook(theme)
        self._font = theme.font("mono")
        self._bold = theme.font("mono", QFont.Weight.Bold)
        self._room = 0
        self._number = 0
        self._tree: TreeDrawn | None = None
        self._nodes: list[TreeNode] = []
        self._shares: Sequence[float] = ()
        self._unfolded: set[int] = set()
        self._layout = TreeLayout((), 0.0, 0, 0)
        self._rows: dict[int, list[Place]] = {}
        self._places: dict[int, Place] = {}
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    @property
    def nodes(self) -> Sequence[TreeNode]:
        """What is shown, or folded."""
        return self._nodes

    @property
    def places(self) -> Sequence[Place]:
        """Where the nodes stand that are not folded, without the gutter."""
        return self._layout.places

    def show_tree(self, tree: TreeDrawn | None, number: int, shares: Sequence[float]) -> None:
        """Show the tree of round `number`; `shares` of all rounds took a guess of each depth."""
        self._number, self._shares = number, shares
        if tree is not self._tree:
            self._unfolded.clear()
            self._tree = tree
            self._nodes = tree_nodes(tree) if tree else []
            self._lay_out()
        self.setMinimumSize(self.sizeHint())
        self.update()

    def unfold(self, node: int) -> None:
        """Show what is folded into `node`."""
        self._unfolded.add(node)
        self._lay_out()

    def node_at(self, point: QPointF) -> int | None:
        """The node under `point`; `ROOT` stands in row 0."""
        row = int(point.y() // PITCH)
        if row == 0 and self._tree:
            return ROOT
        x = point.x() - GUTTER
        found = (place.node for place in self._rows.get(row, ()) if place.left <= x < place.right)
        return next(found, None)

    def sizeHint(self) -> QSize:
        rows = max(self._layout.rows, len(self._shares) + 1)
        return QSize(round(GUTTER + self._layout.width) + GAP, rows * PITCH)

    def fit(self, room: int) -> None:
        """Fold what finds no place in so many pixels."""
        if room != self._room:
            self._room = room
            self._lay_out()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        node = self.node_at(event.position())
        if node is not None and self._hidden(node):
            self.unfold(node)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        node = self.node_at(event.position())
        folded = node is not None and self._hidden(node)
        self.setCursor(Qt.CursorShape.PointingHandCursor if folded else Qt.CursorShape.ArrowCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        first, last = event.rect().top() // PITCH, event.rect().bottom() // PITCH
        self._paint_shares(painter, first, last)
        painter.translate(GUTTER, 0)
        self._paint_root(painter)
        rows = range(max(first, 1), last + 2)
        for accepted in (False, True):
            for place in self._in(rows, accepted=accepted):
                self._paint_edge(painter, place)
        for accepted in (False, True):
            for place in self._in(rows, accepted=accepted):
                self._paint_node(painter, place)
        painter.end()

    def _lay_out(self) -> None:
        metrics = QFontMetricsF(self._font)
        self._layout = lay_out(
            self._nodes,
            lambda node: max(_LEAST, metrics.horizontalAdvance(node.words) + _PAD),
            max(self._room - GUTTER - GAP, 0),
            self._unfolded,
        )
        self._rows = {}
        for place in self._layout.places:
            self._rows.setdefault(self._nodes[place.node].depth, []).append(place)
        self._places = {place.node: place for place in self._layout.places}
        self.setMinimumSize(self.sizeHint())
        self.update()

    def _hidden(self, node: int) -> int:
        return self._layout.hidden if node == ROOT else self._places[node].hidden

    def _words_at(self, point: QPointF) -> str:
        if point.x() < GUTTER:
            return self._share_words(int(point.y() // PITCH))
        node = self.node_at(point)
        if node is None or node == ROOT:
            return ""
        words = f"“{visible(self._nodes[node].text)}” · {self._nodes[node].sentence(self._number)}"
        hidden = self._hidden(node)
        more = tr("{count} more below: click to show them").format(count=hidden)
        return f"{words}\n{more}" if hidden else words

    def _share_words(self, depth: int) -> str:
        if not 1 <= depth <= len(self._shares):
            return ""
        return tr("Depth {depth}: taken in {share} of the rounds with a tree").format(
            depth=depth, share=percent(self._shares[depth - 1])
        )

    def _in(self, rows: range, *, accepted: bool) -> Iterator[Place]:
        for row in rows:
            for place in self._rows.get(row, ()):
                if self._nodes[place.node].accepted is accepted:
                    yield place

    def _paint_shares(self, painter: QPainter, first: int, last: int) -> None:
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        if self._shares:
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(0, _TOP, GUTTER, PILL), middle, tr("Accepted"))
        reached = len(self._tree.path) if self._tree else 0
        for depth in range(max(first, 1), min(last, len(self._shares)) + 1):
            self._paint_share(painter, depth, bright=depth <= reached)

    def _paint_share(self, painter: QPainter, depth: int, *, bright: bool) -> None:
        row = QRectF(0, depth * PITCH + _TOP, _SHARE_LEFT - 8, PILL)
        painter.setPen(self._theme.color("muted"))
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(row, end, str(depth))
        bar = QRectF(_SHARE_LEFT, row.center().y() - 3, _SHARE_WIDTH, _SHARE_HEIGHT)
        painter.fillRect(bar, self._theme.color("hover"))
        bar.setWidth(_SHARE_WIDTH * self._shares[depth - 1])
        painter.fillRect(bar, self._theme.color("data_draft" if bright else "data_draft_2"))

    def _paint_root(self, painter: QPainter) -> None:
        if not self._tree:
            return
        painter.setFont(self._theme.font("mono"))
        painter.setPen(self._theme.color("muted"))
        words = visible(self._tree.root) + (f"  +{self._layout.hidden}" * bool(self._layout.hidden))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(2, _TOP, self.width(), PILL), middle, words)

    def _paint_edge(self, painter: QPainter, place: Place) -> None:
        node = self._nodes[place.node]
        above = self._places.get(node.parent)
        start = _stem(above)
        end = _stem(place)
        reach = (PILL + DOT) / 2 if above and above.is_dot else PILL
        top = (node.depth - 1) * PITCH + _TOP + reach
        bottom = node.depth * PITCH + _TOP + (PILL / 2 if place.is_dot else 0)
        painter.setPen(self._look.edge(node))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(_edge(QPointF(start, top), QPointF(end, bottom)))

    def _paint_node(self, painter: QPainter, place: Place) -> None:
        node = self._nodes[place.node]
        box = QRectF(place.left, node.depth * PITCH + _TOP, place.width, PILL)
        if place.is_dot:
            box = QRectF(place.left, box.center().y() - 3, place.width, place.width)
            painter.fillRect(box, self._look.pill(node).color())
            return
        self._paint_pill(painter, box, node)
        if place.hidden:
            painter.setFont(self._font)
            painter.setPen(self._look.color("muted"))
            painter.drawText(QPointF(box.right() + 5, box.center().y() + 5), f"+{place.hidden}")

    def _paint_pill(self, painter: QPainter, box: QRectF, node: TreeNode) -> None:
        taken = node.accepted and not node.is_bonus
        painter.setPen(self._look.pill(node))
        painter.setBrush(self._look.color("accent_soft" if taken else "background"))
        inset = 1.0 if node.accepted else 0.5
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
        painter.setFont(self._bold if node.accepted else self._font)
        painter.setPen(self._look.color("text" if node.accepted else "muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, node.words)


def _stem(place: Place | None) -> float:
    """Where edges meet a node."""
    if place is None:
        return _STEM
    return place.left + (place.width / 2 if place.is_dot else _STEM)


def _edge(start: QPointF, end: QPointF) -> QPainterPath:
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

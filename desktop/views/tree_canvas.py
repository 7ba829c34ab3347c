"""The picture of one round's tree as a widget: folded to the room there is, told about by hover."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QWidget

from desktop.theme import Theme
from desktop.views.tree_layout import GAP, PITCH, Place, lay_out
from desktop.views.tree_nodes import ROOT, TreeNode, tree_nodes, visible
from desktop.views.tree_painter import GUTTER, TreePainter, TreePicture
from engine.events import TreeDrawn
from engine.language import percent, tr


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
    """Lays out when the round, the width or the theme changes, and never while it paints."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painter = TreePainter(theme)
        self._picture = TreePicture()
        self._pixels = 0
        self._number = 0
        self._unfolded: set[int] = set()
        self.setMouseTracking(True)
        theme.changed.connect(self._show_theme)

    @property
    def nodes(self) -> Sequence[TreeNode]:
        """What is shown, or folded."""
        return self._picture.nodes

    @property
    def places(self) -> Sequence[Place]:
        """Where the nodes stand that are not folded, without the gutter."""
        return self._picture.layout.places

    def show_tree(self, tree: TreeDrawn | None, number: int, shares: Sequence[float]) -> None:
        """Show the tree of round `number`; `shares` of all rounds took a guess of each depth."""
        self._number = number
        if tree is self._picture.tree:
            self._show(replace(self._picture, shares=shares))
        else:
            self._unfolded.clear()
            nodes = tree_nodes(tree) if tree else []
            self._lay_out(TreePicture(tree, nodes, shares=shares))

    def unfold(self, node: int) -> None:
        """Show what is folded into `node`."""
        self._unfolded.add(node)
        self._lay_out(self._picture)

    def node_at(self, place: QPointF) -> int | None:
        """The node at a place of the widget; `ROOT` stands in row 0."""
        if not self._picture.tree:
            return None
        point = place / self._painter.scale
        return self._picture.layout.node_at(point.x() - GUTTER, point.y())

    def sizeHint(self) -> QSize:
        layout, scale = self._picture.layout, self._painter.scale
        rows = max(layout.rows, len(self._picture.shares) + 1)
        width = round(GUTTER + layout.width) + GAP
        return QSize(round(width * scale), round(rows * PITCH * scale))

    def fit(self, pixels: int) -> None:
        """Fold what finds no place in so many pixels."""
        if pixels != self._pixels:
            self._pixels = pixels
            self._lay_out(self._picture)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        node = self.node_at(event.position())
        if node is not None and self._picture.layout.hidden_in(node):
            self.unfold(node)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        node = self.node_at(event.position())
        folded = node is not None and self._picture.layout.hidden_in(node)
        self.setCursor(Qt.CursorShape.PointingHandCursor if folded else Qt.CursorShape.ArrowCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._painter.paint(painter, self._picture, event.rect().top(), event.rect().bottom())
        painter.end()

    def _lay_out(self, picture: TreePicture) -> None:
        room = max(self._pixels / self._painter.scale - GUTTER - GAP, 0)
        layout = lay_out(picture.nodes, self._painter.width_of, room, self._unfolded)
        self._show(replace(picture, layout=layout))

    def _show(self, picture: TreePicture) -> None:
        self._picture = picture
        self.setMinimumSize(self.sizeHint())
        self.update()

    def _show_theme(self) -> None:
        self._painter.take_theme()
        self._lay_out(self._picture)

    def _words_at(self, place: QPointF) -> str:
        if place.x() < GUTTER * self._painter.scale:
            return self._share_words(int(place.y() // (PITCH * self._painter.scale)))
        node = self.node_at(place)
        if node is None or node == ROOT:
            return ""
        shown = self._picture.nodes[node]
        words = f"“{visible(shown.text)}” · {shown.sentence(self._number)}"
        hidden = self._picture.layout.hidden_in(node)
        more = tr("{count} more below: click to show them").format(count=hidden)
        return f"{words}\n{more}" if hidden else words

    def _share_words(self, depth: int) -> str:
        shares = self._picture.shares
        if not 1 <= depth <= len(shares):
            return ""
        return tr("Depth {depth}: taken in {share} of the rounds with a tree").format(
            depth=depth, share=percent(shares[depth - 1])
        )

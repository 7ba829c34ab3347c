"""The tree of a round as rows: for screen readers, and to copy from."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeWidget, QTreeWidgetItem, QWidget

from desktop.theme import Theme
from desktop.views.tree_nodes import ORIGIN_NAMES, ROOT, TreeNode, children, percent, visible
from engine.language import tr

_INDENT: Final = 10
_COLUMNS: Final = (tr("Token"), tr("Chance"), tr("From"), tr("Taken"))


class TreeList(QTreeWidget):
    """One row a node; the accepted path stands open."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.dress(self, "body")
        self.setHeaderLabels(list(_COLUMNS))
        self.setAccessibleName(tr("Nodes of the tree"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_nodes(self, nodes: Sequence[TreeNode]) -> None:
        """Show other nodes."""
        self.clear()
        items: dict[int, QTreeWidgetItem] = {ROOT: self.invisibleRootItem()}
        below = children(nodes)
        waiting = list(reversed(below.get(ROOT, [])))
        while waiting:
            index = waiting.pop()
            items[index] = _row(nodes[index], items[nodes[index].parent])
            waiting.extend(reversed(below.get(index, [])))
        for column in range(len(_COLUMNS)):
            self.resizeColumnToContents(column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = ["\t".join(_texts(item)) for item in self.selectedItems()]
            QGuiApplication.clipboard().setText("\n".join(rows))
        else:
            super().keyPressEvent(event)


def _row(node: TreeNode, above: QTreeWidgetItem) -> QTreeWidgetItem:
    chance = "" if node.chance is None else percent(node.chance)
    taken = tr("bonus") if node.is_bonus else tr("yes") if node.accepted else tr("no")
    item = QTreeWidgetItem(above, [visible(node.text), chance, ORIGIN_NAMES[node.origin], taken])
    sentence = tr("{token}, depth {depth}, taken: {taken}").format(
        token=visible(node.text), depth=node.depth, taken=taken
    )
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, sentence)
    item.setExpanded(node.accepted)
    return item


def _texts(item: QTreeWidgetItem) -> list[str]:
    return [item.text(column) for column in range(item.columnCount())]

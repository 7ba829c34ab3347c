"""Text of a message in a widget as tall as its text, that loads nothing and opens nothing."""

import math
from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget


class Layer(Enum):
    """What lies over a text, the uppermost last."""

    HITS = auto()
    HIT = auto()


class TextBlock(QTextBrowser):
    """Says how tall it is in each width, and never scrolls up or down by itself."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is for screen readers."""
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Not Fixed: a layout would take the empty size hint for the greatest height.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.document().setDocumentMargin(0)
        # Until a layout has given it its height, Qt would scroll to the caret, and stay there.
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, _most: bar.setRange(0, 0))
        self._revision = -1
        self._known_heights: dict[int, int] = {}
        """Of this revision, by width: layouts ask again and again."""
        self._layers: dict[Layer, Sequence[QTextEdit.ExtraSelection]] = {}

    def lay_over(self, layer: Layer, selections: Sequence[QTextEdit.ExtraSelection]) -> None:
        """Show these selections in a layer of their own."""
        if selections or self._layers.get(layer):
            self._layers[layer] = selections
            self.setExtraSelections([one for at in Layer for one in self._layers.get(at, ())])

    def heightForWidth(self, width: int) -> int:
        document = self.document()
        width = min(width, self.maximumWidth())
        if document.revision() != self._revision:
            self._revision = document.revision()
            self._known_heights.clear()
        if width not in self._known_heights:
            self._known_heights[width] = self._measured(width)
        return self._known_heights[width]

    def _measured(self, width: int) -> int:
        document = self.document()
        if document.textWidth() != width:
            document.setTextWidth(width)
        return math.ceil(document.size().height())

    def sizeHint(self) -> QSize:
        """Nothing: the height follows from the width that a layout has for it."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Nothing: neither images nor style sheets, from the disk or the network."""
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Qt would lay the text out again, also in the width that it has.
        if self.document().textWidth() != self.viewport().width():
            super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The chat scrolls, not the block."""
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._known_heights.clear()
            self.updateGeometry()

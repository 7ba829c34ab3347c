"""Text of a message in a widget as tall as its text, that loads nothing and opens nothing."""

import math
from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QToolTip, QWidget


class Layer(Enum):
    """What lies over a text, the uppermost last."""

    LIT = auto()
    """Tokens of the round whose tree is shown."""
    HITS = auto()
    HIT = auto()
    SELECTION = auto()


class TextBlock(QTextBrowser):
    """Says how tall it is in each width, and never scrolls up or down by itself."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is for screen readers."""
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Not Fixed: a layout would take the empty size hint for the greatest height.
        # Before it has its height, Qt scrolls the caret into view and stays there.
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: bar.setValue(0))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setOpenLinks(False)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(
            flags.LinksAccessibleByMouse
            | flags.LinksAccessibleByKeyboard
            | flags.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.document().setDocumentMargin(0)
        self._known_heights: dict[int, int] = {}
        """By width, until the text changes: layouts ask again and again."""
        self._layers: dict[Layer, Sequence[QTextEdit.ExtraSelection]] = {}

    def lay_over(self, layer: Layer, selections: Sequence[QTextEdit.ExtraSelection]) -> None:
        """Show these selections in a layer of their own."""
        if selections or self._layers.get(layer):
            self._layers[layer] = selections
            self.setExtraSelections([one for at in Layer for one in self._layers.get(at, ())])

    def heightForWidth(self, width: int) -> int:
        width = min(width, self.maximumWidth())
        if width not in self._known_heights:
            self._known_heights[width] = self._measured(width)
        return self._known_heights[width]

    def updateGeometry(self) -> None:
        """Whoever changes the text calls it."""
        self._known_heights.clear()
        super().updateGeometry()

    def _measured(self, width: int) -> int:
        document = self.document()
        if document.textWidth() != width:
            document.setTextWidth(width)
        height = math.ceil(document.size().height())
        # Layouts also ask for widths that they never give: the text must not stay in one of these.
        if self.viewport().width() not in (0, width):
            document.setTextWidth(self.viewport().width())
        return height

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Links are the block's business; what is selected is the list's, across all blocks."""
        super().mousePressEvent(event)
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """That of the message, except over a link."""
        if self.anchorAt(event.pos()):
            super().contextMenuEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        selects = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        keys = QKeySequence.StandardKey
        if selects or event.matches(keys.Copy) or event.matches(keys.SelectAll):
            event.ignore()
        else:
            super().keyPressEvent(event)
            self._tell_at_caret()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The chat scrolls, not the block."""
        event.ignore()

    def _tell_at_caret(self) -> None:
        """What the pointer is told about a mark in the text, also for who reads by keys."""
        words = self.textCursor().charFormat().toolTip()
        below = self.viewport().mapToGlobal(self.cursorRect().bottomLeft())
        QToolTip.showText(below, words, self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()

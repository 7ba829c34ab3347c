"""Text of a message in a widget as tall as its text, that loads nothing and opens nothing."""

import math
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QToolTip, QWidget

_LINES: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_SCREENS: Final = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space)


class Layer(Enum):
    """What lies over a text, the uppermost last."""

    LIT = auto()
    """Tokens of the round whose tree is shown."""
    HITS = auto()
    HIT = auto()
    SELECTION = auto()


class TextBlock(QTextBrowser):
    """Says how tall it is in each width, and never scrolls up or down by itself.

    Signals:
        caret_moved: by a key
    """

    caret_moved = Signal()

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
        # Text that grows downwards stays where it is.
        for widget in (self, self.viewport()):
            widget.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._known_heights: dict[int, int] = {}
        """By width, until the text changes: layouts ask again and again."""
        self._layers: dict[Layer, Sequence[QTextEdit.ExtraSelection]] = {}

    def cursor_at(self, start: int, end: int | None = None) -> QTextCursor:
        """Before a character, or over all from there to another one, as far as the text goes."""
        last = self.document().characterCount() - 1
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(start, last))
        if end is not None:
            cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def lay_over(
        self, layer: Layer, look: QTextCharFormat, spans: Iterable[tuple[int, int]]
    ) -> None:
        """Give what is between these places another look, in a layer of its own."""
        selections = [self._selection(look, *span) for span in spans]
        if selections or self._layers.get(layer):
            self._layers[layer] = selections
            self.setExtraSelections([one for at in Layer for one in self._layers.get(at, ())])

    def uncover(self, layer: Layer) -> None:
        """Have nothing in a layer."""
        self.lay_over(layer, QTextCharFormat(), ())

    def _selection(self, look: QTextCharFormat, start: int, end: int) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = self.cursor_at(start, end), look
        return selection

    @property
    def takes_tab(self) -> bool:
        """Whether Tab has something to do in it: links to choose, or more than is seen."""
        return False

    def put_caret(self, *, at_end: bool) -> None:
        """Before the first character, or behind the last one."""
        operation = QTextCursor.MoveOperation
        self.moveCursor(operation.End if at_end else operation.Start)

    def forget(self) -> None:
        """Be ready for another text."""
        for layer in list(self._layers):
            self.uncover(layer)

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
        # Twice: the first time Qt answers by giving the text the width that it has itself.
        for _ in range(2):
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
        if event.size().width() != event.oldSize().width():
            self.viewport().update()
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
        if (
            selects
            or event.matches(keys.Copy)
            or event.matches(keys.SelectAll)
            or event.key() in _SCREENS
        ):
            event.ignore()
        else:
            self._move_caret(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: FBT001 - Qt's
        went = super().focusNextPrevChild(forwards)
        if went and self.hasFocus():
            self.caret_moved.emit()  # to a link
        return went

    def _move_caret(self, event: QKeyEvent) -> None:
        """Beyond its first and last line the arrows are the business of who has it."""
        before = self.textCursor().position()
        super().keyPressEvent(event)
        self._tell_at_caret()
        if self.textCursor().position() != before:
            self.caret_moved.emit()
        elif event.key() in _LINES:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Up and down the chat scrolls; sideways the block, where it does that at all."""
        policy = self.horizontalScrollBarPolicy()
        if policy is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff and _is_sideways(event):
            super().wheelEvent(event)
        else:
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


def _is_sideways(event: QWheelEvent) -> bool:
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return shifted or abs(event.angleDelta().x()) > abs(event.angleDelta().y())

"""Parts of the window beside each other, and the lines between them that move."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from engine.language import tr

STEP: Final = 16
"""Pixels for each press of an arrow key."""


class _Line(QSplitterHandle):
    """One pixel to see, more to grab; arrow keys move it, a double click puts it back."""

    def __init__(self, columns: "Columns") -> None:
        super().__init__(Qt.Orientation.Horizontal, columns)
        self._columns = columns
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Line between two parts of the window"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            place = self.x() + self.contentsMargins().left() + step
            self.moveSplitter(self.closestLegalPosition(place))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._columns.reset_asked.emit(self._columns.indexOf(self))


class Columns(QSplitter):
    """Signals: reset_asked(int): the usual widths beside the line before this part are wanted."""

    reset_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:
        return _Line(self)

"""What layouts of Qt lack."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget


def clear(layout: QLayout) -> None:
    """Take everything out, for good."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.deleteLater()


def set_margins(layout: QLayout, start: int, top: int, end: int, bottom: int) -> None:
    """Margins from the side where reading begins: Qt leaves them where they are."""
    sides = (end, start) if QGuiApplication.isRightToLeft() else (start, end)
    layout.setContentsMargins(sides[0], top, sides[1], bottom)


def scrolled(inner: QWidget, line: QWidget | None = None) -> QScrollArea:
    """`inner` where there may be less room than it takes; `line` is seen only while it scrolls."""
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if line:
        line.hide()
        bar = area.verticalScrollBar()
        bar.rangeChanged.connect(lambda first, last: line.setVisible(last > first))
    return area

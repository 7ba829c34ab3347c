"""What layouts of Qt lack."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout


def clear(layout: QLayout) -> None:
    """Take everything out, for good."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.deleteLater()


def set_margins(layout: QLayout, start: int, top: int, end: int, bottom: int) -> None:
    """Margins from the side where reading begins: Qt leaves them where they are."""
    sides = (end, start) if QGuiApplication.isRightToLeft() else (start, end)
    layout.setContentsMargins(sides[0], top, sides[1], bottom)

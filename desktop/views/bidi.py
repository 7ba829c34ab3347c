"""What is painted by hand in a window of either direction, and texts of either direction in it."""

import unicodedata
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtWidgets import QWidget

_ISOLATE, _END = "\u2068", "\u2069"
_MENU: Final = 24
"""How far a menu begins before the end of its row."""
_STRONG: Final = ("L", "R", "AL")


def isolated(text: str) -> str:
    """The text in its own direction, whatever the direction of the window around it."""
    return f"{_ISOLATE}{text}{_END}"


def placed(widget: QWidget, area: QRectF) -> QRectF:
    """Where an area of a widget is that was reckoned from the side where reading begins."""
    if not widget.isRightToLeft():
        return area
    return QRectF(widget.width() - area.right(), area.top(), area.width(), area.height())


def menu_corner(view: QWidget, row: QRect) -> QPoint:
    """Where the menu of a row opens that the keyboard asked for: below its end."""
    return row.bottomLeft() if view.isRightToLeft() else row.bottomRight() - QPoint(_MENU, 0)


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is of a right-to-left script."""
    directions = map(unicodedata.bidirectional, text)
    return next((one for one in directions if one in _STRONG), "L") != "L"

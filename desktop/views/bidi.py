"""What is painted by hand in a window of either direction, and texts of either direction in it."""

import unicodedata
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

_ISOLATE, _END = "\u2068", "\u2069"
_STRONG: Final = ("L", "R", "AL")


def isolated(text: str) -> str:
    """The text in its own direction, whatever the direction of the window around it."""
    return f"{_ISOLATE}{text}{_END}"


def placed(widget: QWidget, area: QRectF) -> QRectF:
    """Where an area of a widget is that was reckoned from the side where reading begins."""
    if not widget.isRightToLeft():
        return area
    return QRectF(widget.width() - area.right(), area.top(), area.width(), area.height())


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is of a right-to-left script."""
    directions = map(unicodedata.bidirectional, text)
    return next((one for one in directions if one in _STRONG), "L") != "L"

"""A ground with a thin line around it, as cards, blocks and chips have."""

from typing import Final

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPen

from desktop.theme import Theme

_LINE: Final = 1


def paint_frame(
    painter: QPainter, theme: Theme, rect: QRect, *, line: str, fill: str, radius: str
) -> None:
    """Fill `rect`, line included, with round corners; all three by their names in the theme."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(line), _LINE))
    painter.setBrush(theme.color(fill))
    inset, corner = _LINE / 2, theme.tokens.radius[radius]
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), corner, corner)

"""Short entries side by side, in as many lines as the width asks for. Knows no widget."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF

LINE = 20
_BETWEEN = 16


def flow(widths: Sequence[float], room: float) -> list[QRectF]:
    """Where entries of these widths stand."""
    places = []
    left, top = 0.0, 0.0
    for width in widths:
        if left and left + width > room:
            left, top = 0.0, top + LINE
        places.append(QRectF(left, top, width, LINE))
        left += width + _BETWEEN
    return places


def flow_height(widths: Sequence[float], room: float) -> int:
    """How tall that is."""
    places = flow(widths, room)
    return round(places[-1].bottom()) if places else 0

"""What the lines of the tree and under the tokens stand for."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import Theme
from desktop.views.bidi import placed
from desktop.views.tree_flow import flow, flow_height
from desktop.views.tree_nodes import ORIGIN_NAMES
from desktop.views.tree_pens import origin_pen
from engine.language import tr

_SAMPLE: Final = 18
_GAP: Final = 6


class OriginLegend(QWidget):
    """One line a origin, with its name."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Origins: ") + ", ".join(ORIGIN_NAMES.values()))
        theme.changed.connect(self.update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(flow_height(self._widths(), self.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font("small"))
        places = flow(self._widths(), self.width())
        for place, (origin, name) in zip(places, ORIGIN_NAMES.items(), strict=True):
            middle = place.center().y()
            painter.setPen(origin_pen(self._theme, origin))
            line = placed(self, QRectF(place.left(), middle, _SAMPLE, 0))
            painter.drawLine(line.topLeft(), line.topRight())
            painter.setPen(self._theme.color("muted"))
            text = place.adjusted(_SAMPLE + _GAP, 0, 2, 0)
            painter.drawText(placed(self, text), Qt.AlignmentFlag.AlignVCenter, name)
        painter.end()

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(self._theme.font("small"))
        names = ORIGIN_NAMES.values()
        return [_SAMPLE + _GAP + metrics.horizontalAdvance(name) for name in names]

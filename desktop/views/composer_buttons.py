"""The two buttons at the end of the composer: send, and stop."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.bidi import placed
from desktop.views.controls import MEDIUM, IconButton
from desktop.views.focus_ring import round_off
from engine.language import tr

_SIDE: Final = 32
_RADIUS: Final = 8


class SendButton(IconButton):
    """A filled square with an arrow."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "arrow-up", tr("Send"), side=_SIDE, icon_side=20, parent=parent)
        round_off(self, _RADIUS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        enabled = self.isEnabled()
        painter.setPen(Qt.PenStyle.NoPen if enabled else QPen(self._theme.color("border")))
        fill = "accent_hover" if self.underMouse() else "accent"
        painter.setBrush(self._theme.color(fill) if enabled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS
        )
        tint = self._theme.color("accent_text" if enabled else "muted").name()
        paint_icon(painter, "arrow-up", tint, QRectF(6, 6, 20, 20))
        painter.end()


class StopButton(QPushButton):
    """In ink: the one thing to do while a reply streams."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.dress(self, "body", MEDIUM)
        round_off(self, _RADIUS)
        self.setFixedSize(QSize(44 + self.fontMetrics().horizontalAdvance(tr("Stop")), _SIDE))
        self.setAccessibleName(tr("Stop the reply"))
        self.setToolTip(tr("Stop the reply (Esc)"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("muted" if self.underMouse() else "text"))
        painter.drawRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        square = placed(self, QRectF(10, 8, 16, 16))
        paint_icon(painter, "square", self._theme.color("surface").name(), square)
        painter.setPen(self._theme.color("surface"))
        painter.setFont(self.font())
        words = placed(self, QRectF(self.rect()).adjusted(32, 0, -8, 0))
        painter.drawText(
            words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tr("Stop")
        )
        painter.end()

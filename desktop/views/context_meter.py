"""How full the context will be with what is typed: numbers and a small bar."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.context_use import ContextUse
from desktop.theme import Theme
from desktop.views.bidi import isolated, placed
from engine.language import tr, whole

_BAR: Final = QSize(56, 8)
_GAP: Final = 8
_PARTS: Final = ((0.95, "danger"), (0.75, "warning"))


class ContextMeter(QWidget):
    """Neither to be clicked nor focused: a figure with a tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._use = ContextUse()
        theme.dress(self, "small")

    def show_use(self, use: ContextUse) -> None:
        """Show it, and whether it is a guess; nothing where no context is there."""
        self._use = use
        self.setVisible(use.room > 0)
        self.setToolTip(_sentence(use).format(used=whole(use.used), room=whole(use.room)))
        self.setAccessibleName(self.toolTip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._words) + _GAP + _BAR.width()
        return QSize(width, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(_BAR.width(), self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        part = self._use.used / self._use.room if self._use.room else 0.0
        tint = next((tint for least, tint in _PARTS if part >= least), "")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top = self.width() - _BAR.width(), (self.height() - _BAR.height()) / 2
        bar = placed(self, QRectF(left, top, _BAR.width(), _BAR.height()))
        words = placed(self, QRectF(self.rect()).adjusted(0, 0, -_BAR.width() - _GAP, 0))
        painter.setPen(self._theme.color(tint or "muted"))
        if words.width() >= self.fontMetrics().horizontalAdvance(self._words):
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(words, side, isolated(self._words))
        self._paint_bar(painter, bar, min(part, 1.0), tint or "accent")
        painter.end()

    @property
    def _words(self) -> str:
        words = tr("{used} of {room}") if self._use.is_exact else tr("about {used} of {room}")
        return words.format(used=whole(self._use.used), room=whole(self._use.room))

    def _paint_bar(self, painter: QPainter, bar: QRectF, part: float, tint: str) -> None:
        painter.setPen(QPen(self._theme.color("border_strong"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5)
        filled = bar.adjusted(1, 1, -1, -1)
        width = filled.width() * part
        filled.setLeft(filled.right() - width if self.isRightToLeft() else filled.left())
        filled.setWidth(width)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(tint))
        painter.drawRoundedRect(filled, 3, 3)


def _sentence(use: ContextUse) -> str:
    if use.is_exact:
        return tr("{used} of the {room} tokens that the model reads")
    return tr("About {used} of the {room} tokens that the model reads")

"""The keyboard focus: a ring of two pixels, one pixel outside the widget, never for the mouse."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTextEdit,
    QWidget,
)

from desktop.theme import Theme

GAP = 3
_DRAW_THEIR_OWN = (QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QAbstractItemView)


class FocusRing(QFocusFrame):
    """Follows the focus of the application for as long as it lives."""

    def __init__(self, theme: Theme, application: QApplication) -> None:
        super().__init__()
        self._theme = theme
        application.focusChanged.connect(self._follow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        target: QWidget | None = self.widget()
        if target is None:
            return
        width = self._theme.tokens.size["focus_ring"]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("focus_ring"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2
        ring = QRectF(self._around(target)).adjusted(inset, inset, -inset, -inset)
        radius = self._theme.tokens.radius["control"] + GAP
        painter.drawRoundedRect(ring, radius, radius)
        painter.end()

    def _around(self, target: QWidget) -> QRect:
        corner = self.mapFromGlobal(target.mapToGlobal(target.rect().topLeft()))
        around = QRect(corner, target.size()).adjusted(-GAP, -GAP, GAP, GAP)
        return around.intersected(self.rect())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        # Focus that comes with a pressed mouse button came by the mouse. Qt keeps the reason of a
        # focus change from everybody but the widget itself.
        by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        wanted = new is not None and not by_mouse and not isinstance(new, _DRAW_THEIR_OWN)
        self.setWidget(new if wanted and new is not None else None)  # type: ignore[arg-type]

"""The keyboard focus: a ring of two pixels, one pixel outside the widget, never for the mouse."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QProxyStyle,
    QSpinBox,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QTextEdit,
    QWidget,
)

from desktop.theme import Theme

GAP: Final = 3
_FRAME_MARGINS: Final = (
    QStyle.PixelMetric.PM_FocusFrameHMargin,
    QStyle.PixelMetric.PM_FocusFrameVMargin,
)
_DRAW_THEIR_OWN = (QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QAbstractItemView)


class _WideFrame(QProxyStyle):
    """Gives the frame its distance from the widget, and room beyond what holds the widget."""

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric in _FRAME_MARGINS:
            return GAP
        return super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        # Otherwise the frame is cut where the parent of the widget ends, often right there.
        if hint is QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        # Otherwise nothing is painted over the widget, and so not the inside of round corners.
        if hint is QStyle.StyleHint.SH_FocusFrame_Mask:
            return 0
        return super().styleHint(hint, option, widget, returned)


class FocusRing(QFocusFrame):
    """Follows the focus of the application for as long as it lives."""

    def __init__(self, theme: Theme, application: QApplication) -> None:
        super().__init__()
        self._theme = theme
        self._style = _WideFrame()
        self.setStyle(self._style)
        application.focusChanged.connect(self._follow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        width = self._theme.tokens.size["focus_ring"]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("focus_ring"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2
        ring = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        radius = self._theme.tokens.radius["control"] + GAP
        painter.drawRoundedRect(ring, radius, radius)
        painter.end()

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        # Focus that comes with a pressed mouse button came by the mouse. Qt keeps the reason of a
        # focus change from everybody but the widget itself.
        by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        wanted = new is not None and not by_mouse and not isinstance(new, _DRAW_THEIR_OWN)
        self.setWidget(new if wanted and new is not None else None)  # type: ignore[arg-type]

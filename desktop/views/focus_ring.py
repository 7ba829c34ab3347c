"""The keyboard focus: a ring of two pixels, one pixel outside the widget, never for the mouse."""

from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QFocusFrame,
    QLineEdit,
    QPlainTextEdit,
    QProxyStyle,
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
_CORNER: Final = "cornerRadius"
_DRAW_THEIR_OWN = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QAbstractItemView)


def round_off(widget: QWidget, radius: float) -> None:
    """Tell the ring that `widget` has corners of another radius than most controls."""
    widget.setProperty(_CORNER, radius)


class _WideFrame(QProxyStyle):
    """Gives the frame its distance from the widget, and a place where nothing cuts it off."""

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
        if hint is QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1  # Below it, the frame would lie in a parent that is often no larger.
        if hint is QStyle.StyleHint.SH_FocusFrame_Mask:
            return 0  # Fusion's has square corners, which cut into the round ones.
        return super().styleHint(hint, option, widget, returned)


class FocusRing(QFocusFrame):
    """Follows the focus of the application for as long as it lives."""

    def __init__(self, theme: Theme, application: QApplication) -> None:
        super().__init__()
        self._theme = theme
        self._style = _WideFrame()
        self.setStyle(self._style)
        application.focusChanged.connect(self._follow)

    def event(self, event: QEvent) -> bool:
        # Of a QFocusFrame PySide (6.11.3) does not hand on resizeEvent.
        if event.type() is QEvent.Type.Resize:
            self._cover_only_the_ring()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        width = self._theme.tokens.size["focus_ring"]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("focus_ring"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2
        ring = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        radius = self._radius - inset
        painter.drawRoundedRect(ring, radius, radius)
        painter.end()

    @property
    def _radius(self) -> float:
        """Of the outer edge."""
        own = self.widget().property(_CORNER)
        return float(own or self._theme.tokens.radius["control"]) + GAP

    def _cover_only_the_ring(self) -> None:
        """What lies inside scrolls and streams as without it."""
        whole, corner = self.rect(), round(self._radius)
        ring = QRegion(whole)
        for across, down in ((GAP, corner), (corner, GAP)):
            inside = QRect(whole).adjusted(across, down, -across, -down)
            ring -= QRegion(inside) if inside.isValid() else QRegion()
        self.setMask(ring)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        # Focus that comes with a pressed mouse button came by the mouse. Qt keeps the reason of a
        # focus change from everybody but the widget itself.
        by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        wanted = new is not None and not by_mouse and not isinstance(new, _DRAW_THEIR_OWN)
        if wanted and new is not None:
            self.setWidget(new)
            return
        self.setWidget(None)  # type: ignore[arg-type]
        # Out of a dialog that closes, which would take the ring with it.
        self.setParent(None)

"""Outline icons, tinted when they are painted: one SVG serves every colour, size and theme."""

from functools import cache
from typing import Final

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.theme import Theme
from resources import resource_path

LARGE_PIXELS: Final = 20
LARGE_STROKE: Final = "1.75"


@cache
def _source(name: str) -> str:
    return resource_path(f"icons/{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, color: str, *, large: bool) -> QSvgRenderer:
    source = _source(name).replace("currentColor", color)
    if large:
        source = source.replace('stroke-width="2"', f'stroke-width="{LARGE_STROKE}"')
    return QSvgRenderer(QByteArray(source.encode()))


def paint_icon(painter: QPainter, name: str, color: str, rect: QRectF) -> None:
    """Paint the icon `name` in the colour `color` ("#rrggbb"), centred in `rect`."""
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    _renderer(name, color, large=side >= LARGE_PIXELS).render(painter, square)


class _TintedIconEngine(QIconEngine):
    def __init__(self, theme: Theme, name: str, tint: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._tint = tint

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint_icon(painter, self._name, self._color(mode, state), QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        pixmap = QPixmap(size * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_icon(painter, self._name, self._color(mode, state), QRectF(QPointF(0, 0), size))
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _TintedIconEngine(self._theme, self._name, self._tint)

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        tint = self._tint
        if state is QIcon.State.On:
            tint = "accent"
        elif mode is QIcon.Mode.Disabled:
            tint = "border_strong"
        elif mode is QIcon.Mode.Active and tint == "muted":
            tint = "text"
        return self._theme.color(tint).name()


def themed_icon(theme: Theme, name: str, tint: str = "muted") -> QIcon:
    """An icon that follows the theme: `tint`, and accent when on.

    A muted one is as dark as text under the pointer and with the focus.
    """
    return QIcon(_TintedIconEngine(theme, name, tint))


def application_icon() -> QIcon:
    """The icon of the window and of the task bar."""
    return QIcon(str(resource_path("icon.svg")))

"""The rounds of a reply as bars, as tall as the tokens they gave; the slider below chooses one."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from desktop.rounds import ReplyRound
from desktop.theme import Theme
from desktop.views.bidi import placed
from engine.language import tr

_BARS: Final = 44
_TRACK: Final = 52
_HEIGHT: Final = 60
_THUMB: Final = 5.0
_MOST_BARS: Final = 120
"""From there on bars merge by their maximum."""
_PAGE: Final = 10
_NARROW: Final = 4
"""Pixels of a bar and the gap behind it."""


class RoundSlider(QSlider):
    """Rounds count from 1. Arrows, Home, End, Page keys and the mouse move the thumb."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._tokens: list[int] = []
        self.setPageStep(_PAGE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(tr("Round"))
        theme.changed.connect(self.update)

    def show_rounds(self, rounds: Sequence[ReplyRound], chosen: int) -> None:
        """Show these rounds, the thumb on `chosen`; tells nobody about it."""
        self._tokens = [one.tokens for one in rounds]
        with QSignalBlocker(self):
            self.setRange(min(1, len(rounds)), len(rounds))
            self.setValue(chosen)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event.position())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = merged(self._tokens)
        most = max(bars, default=1)
        chosen = self._bar_of(self.value())
        pitch = self._pitch()
        gap = 2 if pitch > _NARROW else 0  # narrower bars need all the room
        heights = [max(_BARS * tokens / most, 2) for tokens in bars]
        shapes = [
            placed(self, QRectF(at * pitch, _BARS - height, pitch - gap, height))
            for at, height in enumerate(heights)
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_bars(painter, "data_draft_2", shapes[:chosen] + shapes[chosen + 1 :])
        self._paint_bars(painter, "data_draft", shapes[chosen : chosen + 1])
        self._paint_track(painter)
        painter.end()

    def _paint_bars(self, painter: QPainter, color: str, bars: Sequence[QRectF]) -> None:
        painter.setBrush(self._theme.color(color))
        if self._pitch() <= _NARROW:  # no corner is seen, and there may be a hundred of them
            painter.drawRects(bars)
        for bar in bars if self._pitch() > _NARROW else ():
            painter.drawRoundedRect(bar, 2, 2)

    def _paint_track(self, painter: QPainter) -> None:
        accent = self._theme.color("data_draft")
        if not self._tokens:
            return
        middle = (self._bar_of(self.value()) + 0.5) * self._pitch() - 1
        painter.fillRect(QRectF(0, _TRACK - 1, self.width(), 2), self._theme.color("selected"))
        painter.fillRect(placed(self, QRectF(0, _TRACK - 1, middle, 2)), accent)
        painter.setBrush(accent)
        thumb = QRectF(middle - _THUMB, _TRACK - _THUMB, 2 * _THUMB, 2 * _THUMB)
        painter.drawEllipse(placed(self, thumb))

    def _pitch(self) -> float:
        return self.width() / max(min(len(self._tokens), _MOST_BARS), 1)

    def _bar_of(self, number: int) -> int:
        count = len(self._tokens)
        return (number - 1) * min(count, _MOST_BARS) // max(count, 1)

    def _follow(self, point: QPointF) -> None:
        share = min(max(point.x() / max(self.width(), 1), 0.0), 1.0)
        share = 1.0 - share if self.isRightToLeft() else share
        self.setValue(min(int(share * len(self._tokens)) + 1, len(self._tokens)))


def merged(tokens: Sequence[int]) -> list[int]:
    """At most as many bars as can be told apart, each the largest of what it stands for."""
    count = len(tokens)
    bars = [0] * min(count, _MOST_BARS)
    for index, value in enumerate(tokens):
        bar = index * len(bars) // count
        bars[bar] = max(bars[bar], value)
    return bars

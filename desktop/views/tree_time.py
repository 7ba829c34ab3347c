"""Where the time of a round went: one stacked bar, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import Theme
from desktop.views.bidi import placed
from desktop.views.controls import MEDIUM, SEMIBOLD
from desktop.views.tree_flow import LINE, flow, flow_height
from engine.events import RoundStats
from engine.language import decimal, tr, whole

_BAR: Final = 12
_LINE: Final = 20
_SQUARE: Final = 8
_GAP: Final = 2
_SECOND: Final = 1.0
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
"""Where reading begins: Qt mirrors it."""
_NAMES: Final = {
    "draft": tr("draft"),
    "waiting": tr("load weights"),
    "compute": tr("compute"),
    "other": tr("other"),
}


@dataclass(frozen=True)
class TimePart:
    """One segment of the bar."""

    name: str
    seconds: float
    color: str

    @property
    def words(self) -> str:
        """Such as "draft 121 ms"."""
        return f"{self.shown_name} {duration(self.seconds)}"

    @property
    def shown_name(self) -> str:
        """In the person's language."""
        return _NAMES[self.name]


def time_parts(stats: RoundStats) -> list[TimePart]:
    """The time of a round, in the order of the bar; a pass waits for the disk or a device."""
    parts = [
        TimePart("draft", stats.draft_seconds, "data_draft"),
        TimePart("waiting", stats.waiting_seconds, "data_target"),
        TimePart("compute", stats.target_seconds - stats.waiting_seconds, "data_target_2"),
        TimePart("other", stats.other_seconds, "data_other"),
    ]
    return [part for part in parts if part.seconds > 0]


def duration(seconds: float) -> str:
    """Milliseconds, from one second up seconds."""
    return f"{decimal(seconds, 2)} s" if seconds >= _SECOND else f"{whole(seconds * 1000)} ms"


class TimeBar(QWidget):
    """The bar with its legend. Drafting under a running pass is hatched over it, not added."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: Sequence[TimePart] = ()
        self._hidden = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_stats(self, stats: RoundStats | None) -> None:
        """Show another round; None: its time is not known."""
        self._parts = time_parts(stats) if stats else ()
        self._hidden = stats.hidden_seconds if stats else 0.0
        self.setAccessibleName(tr("Time of this round"))
        self.setAccessibleDescription(self.words)
        self.setToolTip(self.words)
        self._fit()
        self.update()

    @property
    def words(self) -> str:
        """The bar as a sentence."""
        words = ", ".join(part.words for part in self._parts)
        if words and self._hidden > 0:
            beside = tr("{duration} of drafting ran beside the pass")
            words = f"{words}; {beside.format(duration=duration(self._hidden))}"
        return words or tr("Not known for this reply")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_heading(painter)
        if self._parts:
            self._paint_bar(painter)
            self._paint_legend(painter)
        painter.end()

    def _paint_heading(self, painter: QPainter) -> None:
        line = QRectF(0, 0, self.width(), _LINE)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._theme.font("small", SEMIBOLD))
        painter.setPen(self._theme.color("text"))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, tr("Time of this round"))
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        total = duration(self._total) if self._parts else tr("not known")
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, total)

    @property
    def _total(self) -> float:
        return sum(part.seconds for part in self._parts)

    def _paint_bar(self, painter: QPainter) -> None:
        scale = (self.width() - _GAP * (len(self._parts) - 1)) / max(self._total, 1e-9)
        left, target = 0.0, 0.0
        for part in self._parts:
            segment = QRectF(left, _LINE + 4, part.seconds * scale, _BAR)
            painter.fillRect(placed(self, segment), self._theme.color(part.color))
            left = segment.right() + _GAP
            target = left if part.name == "draft" else target
        if self._hidden:
            beside = QRectF(target, _LINE + 4, self._hidden * scale, _BAR)
            hatch = QBrush(self._theme.color("data_draft"), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(placed(self, beside), hatch)

    def _paint_legend(self, painter: QPainter) -> None:
        below = _LINE + _BAR + 8
        places = flow(self._widths(), self.width())
        for place, part in zip(places, self._parts, strict=True):
            square = QRectF(place.left(), place.center().y() - _SQUARE / 2, _SQUARE, _SQUARE)
            square.translate(0, below)
            painter.fillRect(placed(self, square), self._theme.color(part.color))
            self._paint_words(painter, place.adjusted(_SQUARE + 6, below, 0, below), part)

    def _paint_words(self, painter: QPainter, place: QRectF, part: TimePart) -> None:
        """The name, and in bolder letters its time."""
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        width = QFontMetricsF(painter.font()).horizontalAdvance(f"{part.shown_name} ")
        name = QRectF(place.left(), place.top(), width, place.height())
        painter.drawText(placed(self, name), _MIDDLE, part.shown_name)
        painter.setFont(self._theme.font("small", MEDIUM))
        painter.setPen(self._theme.color("text"))
        time = QRectF(name.right(), place.top(), place.right() - name.right() + 2, place.height())
        painter.drawText(placed(self, time), _MIDDLE, duration(part.seconds))

    def _widths(self) -> list[float]:
        names = QFontMetricsF(self._theme.font("small"))
        times = QFontMetricsF(self._theme.font("small", MEDIUM))
        return [
            _SQUARE
            + 6
            + names.horizontalAdvance(f"{part.shown_name} ")
            + times.horizontalAdvance(duration(part.seconds))
            for part in self._parts
        ]

    def _fit(self) -> None:
        """Two lines of legend have room from the start, so that a longer number moves nothing."""
        legend = max(flow_height(self._widths(), self.width()), 2 * LINE)
        self.setFixedHeight(_LINE + _BAR + 8 + legend)

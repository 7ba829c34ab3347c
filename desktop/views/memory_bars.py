"""What a pair takes of each device: one stacked bar each, a legend, and the same in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolTip, QWidget

from desktop import figures
from desktop.place_words import device_title
from desktop.theme import Theme
from desktop.views.bidi import placed
from desktop.views.controls import Icon, label
from desktop.views.layouts import clear
from desktop.views.wrapping_row import WrappingRow
from engine.language import tr
from engine.memory_plan.machine_facts import RAM
from engine.memory_plan.values import DeviceUse, Part

_HEIGHT: Final = 22
_GAP: Final = 2
_STRIPE: Final = 2.5
_SLANT: Final = 1.414
"""Stripes at 45 degrees are so much wider along the bar."""
_MOST_NAME: Final = 180


@dataclass(frozen=True)
class _Kind:
    """What fills a stretch of a bar, and how that is shown."""

    words: str
    color: str
    hatched: bool = False


_PARTS: Final = {
    Part.DRAFT_WEIGHTS: _Kind(tr("draft"), "data_draft"),
    Part.DRAFT_KV: _Kind(tr("draft's context"), "data_draft_2"),
    Part.TARGET_WEIGHTS: _Kind(tr("target"), "data_target"),
    Part.TARGET_KV: _Kind(tr("target's context"), "data_target_2"),
    Part.BUFFERS: _Kind(tr("tree buffers"), "data_buffers"),
}
"""In the order of the bars."""
_OTHERS: Final = _Kind(tr("other programs"), "data_other", hatched=True)
_FREE: Final = _Kind(tr("free"), "")
_LEGEND: Final = (*_PARTS.values(), _OTHERS, _FREE)


@dataclass(frozen=True)
class _Stretch:
    """A part of a bar, from `start` to `end` in bytes."""

    kind: _Kind
    start: int
    end: int

    @property
    def words(self) -> str:
        return f"{self.kind.words} {figures.file_size(self.end - self.start)}"


def in_words(use: DeviceUse) -> str:
    """A bar as one sentence."""
    parts = [stretch.words for stretch in _stretches(use)]
    free = figures.file_size(abs(use.left))
    rest = tr("{size} stay free") if use.left >= 0 else tr("{size} too much")
    return tr("{device}: {parts} of {total}.").format(
        device=device_title(use),
        parts=", ".join([*parts, rest.format(size=free)]),
        total=figures.file_size(_whole(use)),
    )


def _whole(use: DeviceUse) -> int:
    """What the bar stands for: all of the device, or what is free where no more is known."""
    return use.free + use.others


def _stretches(use: DeviceUse) -> Iterator[_Stretch]:
    sizes = {segment.part: segment.size for segment in use.segments}
    start = 0
    for kind, size in [
        *((kind, sizes.get(part, 0)) for part, kind in _PARTS.items()),
        (_OTHERS, use.others),
    ]:
        if size:
            yield _Stretch(kind, start, start + size)
            start += size


def _paint_kind(painter: QPainter, theme: Theme, kind: _Kind, box: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if kind.hatched:
        _hatch(painter, theme.color(kind.color), box)
        return
    painter.setBrush(theme.color(kind.color))
    painter.drawRoundedRect(box, 2, 2)


def _hatch(painter: QPainter, color: QColor, box: QRectF) -> None:
    """Stripes that are as wide as the gaps between them; Qt's own patterns are hairlines."""
    painter.save()
    painter.setClipRect(box)
    painter.setPen(QPen(color, _STRIPE))
    left = box.left() - box.height()
    while left < box.right():
        painter.drawLine(QPointF(left, box.bottom()), QPointF(left + box.height(), box.top()))
        left += 2 * _STRIPE * _SLANT
    painter.restore()


class MemoryBar(QWidget):
    """The bar of one device. What goes beyond its memory is hatched."""

    def __init__(self, theme: Theme, use: DeviceUse) -> None:
        super().__init__()
        self._theme = theme
        self._use = use
        self._stretches = list(_stretches(use))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(in_words(use))

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT)

    def event(self, event: QEvent) -> bool:
        """A tooltip names what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = [s for s in self._stretches if self._box(s).contains(QPointF(event.pos()))]
            words = found[0].words if found else in_words(self._use)
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border_strong"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        for stretch in self._stretches:
            _paint_kind(painter, self._theme, stretch.kind, self._box(stretch))
        if self._use.left < 0:
            self._paint_excess(painter)
        painter.end()

    def _paint_excess(self, painter: QPainter) -> None:
        begin = self._x(_whole(self._use))
        beyond = placed(self, QRectF(begin, 3, self._x(self._taken) - begin, self.height() - 6))
        painter.setBrush(self._theme.color("danger_soft"))
        painter.drawRect(beyond)
        _hatch(painter, self._theme.color("danger"), beyond)

    def _box(self, stretch: _Stretch) -> QRectF:
        left, right = self._x(stretch.start), self._x(stretch.end)
        return placed(self, QRectF(left, 3, max(right - left - _GAP, 1), self.height() - 6))

    def _x(self, size: int) -> float:
        whole = max(_whole(self._use), self._taken, 1)
        return 3 + (self.width() - 6) * size / whole

    @property
    def _taken(self) -> int:
        return self._use.used + self._use.others


class _Key(QWidget):
    """The colour of a part in the legend; none: what stays free."""

    def __init__(self, theme: Theme, kind: _Kind) -> None:
        super().__init__()
        self._theme = theme
        self._kind = kind
        self.setFixedSize(11, 11)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._kind.color:
            _paint_kind(painter, self._theme, self._kind, box)
        else:
            painter.setPen(QPen(self._theme.color("border_strong"), 1))
            painter.drawRoundedRect(box, 2, 2)
        painter.end()


class MemoryBars(QWidget):
    """All devices of a plan under each other, with a legend."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        self._shown: tuple[DeviceUse, ...] = ()
        self.bars: list[MemoryBar] = []
        """From top to bottom."""

    def show_devices(self, devices: tuple[DeviceUse, ...]) -> None:
        """Show others; none: nothing is known."""
        if devices == self._shown:
            return
        self._shown = devices
        clear(self._grid)
        self.bars = [MemoryBar(self._theme, use) for use in devices]
        for line, use in enumerate(devices):
            self._add(line, use)
        if devices:
            self._grid.addWidget(self._legend(), len(devices), 2)

    def _add(self, line: int, use: DeviceUse) -> None:
        icon = "memory-stick" if use.name == RAM else "cpu"
        self._grid.addWidget(Icon(self._theme, icon), line, 0)
        title = label(self._theme)
        title.setMaximumWidth(_MOST_NAME)
        metrics = title.fontMetrics()
        name = device_title(use)
        title.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, _MOST_NAME))
        title.setToolTip(name)
        self._grid.addWidget(title, line, 1)
        self._grid.addWidget(self.bars[line], line, 2)
        taken = figures.number((use.used + use.others) / 1e9)
        taken = tr("{done} of {total}").format(done=taken, total=figures.file_size(_whole(use)))
        amount = label(self._theme, taken, "small", tone="danger" if use.left < 0 else "muted")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(amount, line, 3)

    def _legend(self) -> QWidget:
        legend = QWidget()
        keys = WrappingRow(legend)
        keys.setContentsMargins(0, 0, 0, 0)
        keys.setSpacing(16)
        for kind in _LEGEND:
            key = QWidget()
            row = QHBoxLayout(key)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
            row.addWidget(_Key(self._theme, kind))
            row.addWidget(label(self._theme, kind.words, "small", tone="muted"))
            keys.addWidget(key)
        return legend

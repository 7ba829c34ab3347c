"""What a pair takes of each device: one stacked bar each, a legend, and the same in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolTip, QWidget

from desktop import figures
from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.controls import label
from engine.language import tr
from engine.memory_plan.machine_facts import RAM
from engine.memory_plan.values import DeviceUse, Part

_HEIGHT: Final = 22
_GAP: Final = 2
_ORDER: Final = (Part.DRAFT_WEIGHTS, Part.TARGET_WEIGHTS, Part.KV_CACHES, Part.BUFFERS)
_COLORS: Final = {
    Part.DRAFT_WEIGHTS: "data_draft",
    Part.TARGET_WEIGHTS: "data_target",
    Part.KV_CACHES: "data_target_2",
    Part.BUFFERS: "data_buffers",
}
_WORDS: Final = {
    Part.DRAFT_WEIGHTS: "draft",
    Part.TARGET_WEIGHTS: "target",
    Part.KV_CACHES: "context",
    Part.BUFFERS: "buffers",
}
_MOST_NAME: Final = 180


@dataclass(frozen=True)
class _Stretch:
    """A part of a bar, from `start` to `end` in bytes."""

    part: Part
    start: int
    end: int

    @property
    def words(self) -> str:
        return f"{_WORDS[self.part]} {figures.file_size(self.end - self.start)}"


def device_title(use: DeviceUse) -> str:
    """A device as people know it."""
    return tr("Memory") if use.name == RAM else use.description or use.name


def in_words(use: DeviceUse) -> str:
    """A bar as one sentence."""
    parts = [stretch.words for stretch in _stretches(use)]
    free = figures.file_size(abs(use.left))
    rest = tr("{size} stay free") if use.left >= 0 else tr("{size} too much")
    return tr("{device}: {parts} of {free}.").format(
        device=device_title(use),
        parts=", ".join([*parts, rest.format(size=free)]),
        free=figures.file_size(use.free),
    )


def _stretches(use: DeviceUse) -> Iterator[_Stretch]:
    sizes = {segment.part: segment.size for segment in use.segments}
    start = 0
    for part in _ORDER:
        if size := sizes.get(part, 0):
            yield _Stretch(part, start, start + size)
            start += size


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
            painter.setBrush(self._theme.color(_COLORS[stretch.part]))
            painter.drawRoundedRect(self._box(stretch), 2, 2)
        if self._use.left < 0:
            self._paint_excess(painter)
        painter.end()

    def _paint_excess(self, painter: QPainter) -> None:
        begin = self._x(self._use.free)
        beyond = QRectF(begin, 3, self._x(self._use.used) - begin, self.height() - 6)
        painter.setBrush(self._theme.color("danger_soft"))
        painter.drawRect(beyond)
        painter.setBrush(QBrush(self._theme.color("danger"), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(beyond)

    def _box(self, stretch: _Stretch) -> QRectF:
        left, right = self._x(stretch.start), self._x(stretch.end)
        return QRectF(left, 3, max(right - left - _GAP, 1), self.height() - 6)

    def _x(self, size: int) -> float:
        whole = max(self._use.free, self._use.used, 1)
        return 3 + (self.width() - 6) * size / whole


class _Icon(QWidget):
    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self.setFixedSize(16, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, self._name, self._theme.color("text").name(), QRectF(self.rect()))
        painter.end()


class _Key(QWidget):
    """The colour of a part in the legend; none: what stays free."""

    def __init__(self, theme: Theme, color: str) -> None:
        super().__init__()
        self._theme = theme
        self._color = color
        self.setFixedSize(11, 11)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._color:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(self._color))
        else:
            painter.setPen(QPen(self._theme.color("border_strong"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
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

    def show_devices(self, devices: tuple[DeviceUse, ...]) -> None:
        """Show others; none: nothing is known."""
        if devices == self._shown:
            return
        self._shown = devices
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        for line, use in enumerate(devices):
            self._add(line, use)
        if devices:
            self._grid.addWidget(self._legend(), len(devices), 2)

    def _add(self, line: int, use: DeviceUse) -> None:
        icon = "memory-stick" if use.name == RAM else "cpu"
        self._grid.addWidget(_Icon(self._theme, icon), line, 0)
        title = label(self._theme)
        title.setMaximumWidth(_MOST_NAME)
        metrics = title.fontMetrics()
        name = device_title(use)
        title.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, _MOST_NAME))
        title.setToolTip(name)
        self._grid.addWidget(title, line, 1)
        self._grid.addWidget(MemoryBar(self._theme, use), line, 2)
        used, free = figures.number(use.used / 1e9), figures.file_size(use.free)
        taken = tr("{used} of {room}").format(used=used, room=free)
        amount = label(self._theme, taken, "small", tone="danger" if use.left < 0 else "muted")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(amount, line, 3)

    def _legend(self) -> QWidget:
        legend = QWidget()
        row = QHBoxLayout(legend)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for color, words in [(_COLORS[part], _WORDS[part]) for part in _ORDER] + [("", "free")]:
            row.addWidget(_Key(self._theme, color))
            row.addWidget(label(self._theme, words, "small", tone="muted"))
            row.addSpacing(10)
        row.addStretch(1)
        return legend

"""The lower part of the model dialog: what goes where, how fast that is, and what would help."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from desktop.engine_port import OpenRequest
from desktop.icons import paint_icon, themed_icon
from desktop.place_words import change_sentence
from desktop.plan_words import VerdictText, change_action, verdict_text
from desktop.settings import PlacementChoice
from desktop.theme import Theme
from desktop.views.controls import ICON, SEMIBOLD, EndIconButton, announce, label, push_button
from desktop.views.layouts import clear
from desktop.views.memory_bars import MemoryBars
from desktop.views.wrapping_row import LineText, WrappingRow
from engine.config import KvType
from engine.language import tr, whole
from engine.memory_plan.values import Change, MemoryPlan

_AT_START: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WITHIN, _BEFORE_ICON = 7, 4
_LEAST_VERDICT: Final = 44
"""Letters; with less room the buttons go below it."""
_CONTEXTS: Final = (2048, 4096, 8192, 16384, 32768, 65536, 131072)
_KV_WORDS: Final[Mapping[object, str]] = {
    KvType.F16: "F16",
    KvType.Q8_0: "Q8_0",
    KvType.Q4_0: "Q4_0",
}
_PLACES: Final[Mapping[object, str]] = {
    PlacementChoice.AUTOMATIC: tr("automatic"),
    PlacementChoice.MEMORY: tr("memory only"),
}


class _Drop(EndIconButton):
    """A quiet button that names a choice and opens the menu of the others."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme = theme
        self._title = title
        self._value = ""
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self.setProperty("kind", "drop")
        theme.dress(self, "body")
        self.setIcon(themed_icon(theme, "chevron-down"))
        self.setMenu(self._menu)
        self.setAutoDefault(False)

    def offer(self, words: Mapping[object, str], chosen: object, take: Callable[..., None]) -> None:
        """Show `chosen`, and let another one be taken."""
        self._menu.clear()
        for value, shown in words.items():
            action = self._menu.addAction(shown)
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.triggered.connect(lambda _checked=False, taken=value: take(taken))
            self._group.addAction(action)
        self._value = words[chosen]
        self.setText(f"{self._title}  {self._value}")  # as wide as what is painted
        self.setAccessibleName(f"{self._title} {self._value}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """What is chosen stands out from what it is the choice of."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QPainter(self)
        bevel = QStyle.ControlElement.CE_PushButtonBevel
        self.style().drawControl(bevel, option, painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        start = _WITHIN
        for words, tone in ((f"{self._title}  ", "muted"), (self._value, "text")):
            painter.setPen(self._theme.color(tone))
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(self._part(start, width), _AT_START, words)
            start += width
        chevron = QRectF(self._part(start + _BEFORE_ICON, ICON))
        paint_icon(painter, "chevron-down", self._theme.color("muted").name(), chevron)
        painter.end()

    def _part(self, start: int, width: int) -> QRect:
        part = QRect(start, 0, width, self.height())
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)


class PlanPanel(QWidget):
    """Bars, verdict, changes; and the choices that a plan depends on.

    Signals:
        changed: another context, type or placement was chosen
        change_chosen(Change): make this change
        devices_asked: the person wants to see what computes
    """

    changed = Signal()
    change_chosen = Signal(object)
    devices_asked = Signal()

    def __init__(self, theme: Theme, request: OpenRequest, *, on_memory: bool) -> None:
        super().__init__()
        self._theme = theme
        self.context_length = request.context_length
        self.kv_type = request.kv_type
        self.placement = PlacementChoice.MEMORY if on_memory else PlacementChoice.AUTOMATIC
        self._drops = [
            _Drop(theme, title) for title in (tr("Context"), tr("Stored as"), tr("Placement"))
        ]
        self._devices = push_button(theme, tr("Devices…"), "drop")
        self._bars = MemoryBars(theme)
        self.verdict = LineText(_LEAST_VERDICT)
        """The sentences, to stand beside the buttons."""
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        self._sentence = label(theme, role="heading", weight=SEMIBOLD, wrap=True)
        self._detail = label(theme, role="small", tone="muted", wrap=True)
        self._changes = QVBoxLayout()
        self._changes.setSpacing(0)
        self._words: VerdictText | None = None
        self._lay_out()
        self._show_choices()
        theme.changed.connect(self._tint)

    def show_words(self, words: VerdictText) -> None:
        """Say something without a plan; the last bars stay, so that nothing jumps."""
        self._say(words)
        self._show_changes(())

    def show_plan(self, plan: MemoryPlan) -> None:
        """Show what a plan says."""
        self._bars.show_devices(plan.devices)
        self._say(verdict_text(plan))
        self._show_changes(plan.changes)
        announce(self, f"{self._sentence.text()} {self._detail.text()}")

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """What takes the focus, as it is seen, besides `changes`."""
        return (*self._drops, self._devices, *self._bars.bars)

    @property
    def changes(self) -> Sequence[QWidget]:
        """The buttons in `verdict`."""
        return self.verdict.findChildren(QPushButton)

    def use_context(self, length: int) -> None:
        """Choose another context length."""
        self.context_length = length
        self._choices_changed()

    def use_kv_type(self, kv_type: KvType) -> None:
        """Choose how the context is stored."""
        self.kv_type = kv_type
        self._choices_changed()

    def use_placement(self, placement: PlacementChoice) -> None:
        """Choose where the layers go."""
        self.placement = placement
        self._choices_changed()

    def _lay_out(self) -> None:
        self._devices.setAutoDefault(False)
        self._devices.clicked.connect(self.devices_asked)
        head = WrappingRow()
        head.setSpacing(4)
        head.addWidget(label(self._theme, tr("Memory plan"), "heading", weight=SEMIBOLD))
        head.addStretch()
        for drop in self._drops:
            head.addWidget(drop)
        head.addWidget(self._devices)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._detail)
        words.addLayout(self._changes)
        verdict = QHBoxLayout(self.verdict)
        verdict.setContentsMargins(0, 0, 0, 0)
        verdict.setSpacing(8)
        verdict.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        verdict.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._bars)

    def _choices_changed(self) -> None:
        self._show_choices()
        self.changed.emit()

    def _show_choices(self) -> None:
        context, kv, place = self._drops
        lengths = sorted({*_CONTEXTS, self.context_length})
        context.offer(
            {length: tr("{length} tokens").format(length=whole(length)) for length in lengths},
            self.context_length,
            self.use_context,
        )
        kv.offer(_KV_WORDS, self.kv_type, self.use_kv_type)
        place.offer(_PLACES, self.placement, self.use_placement)

    def _say(self, words: VerdictText) -> None:
        self._words = words
        self._sentence.setText(words.sentence)
        self._detail.setText(words.detail)
        self._detail.setVisible(bool(words.detail))
        self._tint()

    def _tint(self) -> None:
        if self._words:
            icon = themed_icon(self._theme, self._words.icon, self._words.tone)
            self._icon.setPixmap(icon.pixmap(20, 20))

    def _show_changes(self, changes: tuple[Change, ...]) -> None:
        clear(self._changes)
        for change in changes:
            self._changes.addWidget(self._change_line(change))

    def _change_line(self, change: Change) -> QWidget:
        line = QWidget()
        row = WrappingRow(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(label(self._theme, change_sentence(change), "small", tone="muted", wrap=True))
        action = push_button(self._theme, change_action(change.kind, change.value), "quiet")
        self._theme.dress(action, "small", SEMIBOLD)
        action.setProperty("slim", "true")
        action.setAutoDefault(False)
        action.clicked.connect(lambda: self.change_chosen.emit(change))
        row.addWidget(action)
        return line

"""Controls of a settings row: a list of choices, a number with its steps, a switch."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QWidget,
)

from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.controls import FADED, ICON, IconButton, tab_in_order
from desktop.views.focus_ring import round_off
from engine.language import tr

_SWITCH: Final = QSize(36, 20)
_KNOB_GAP: Final = 4
_BESIDE_NUMBER: Final = 7


class ChoiceBox(QComboBox):
    """One of some values, each with its words. The wheel scrolls what lies around it."""

    def __init__(
        self, theme: Theme, name: str, words: Mapping[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.dress(self, "body")
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        # The one that Qt gives it on some desktops knows nothing of the style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for value, said in words.items():
            self.addItem(said, str(value))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        end = QRectF(self.width() - 26, 0, ICON, self.height())
        square = QStyle.visualRect(self.layoutDirection(), self.rect(), end.toRect())
        painter.setOpacity(1.0 if self.isEnabled() else FADED)
        paint_icon(painter, "chevron-down", self._theme.color("muted").name(), QRectF(square))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Field(QSpinBox):
    """Takes a number once it is complete."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def pad_number(field: QSpinBox | QDoubleSpinBox) -> None:
    """Keep its number off the frame: Qt ignores what a style sheet says of padding there."""
    field.lineEdit().setTextMargins(_BESIDE_NUMBER, 0, _BESIDE_NUMBER, 0)


class NumberBox(QWidget):
    """A whole number, and a step less or more.

    Signals:
        valueChanged(int)
    """

    valueChanged = Signal(int)  # noqa: N815 - as the controls of Qt name it

    def __init__(
        self, theme: Theme, name: str, *, low: int, high: int, step: int = 1, unit: str = ""
    ) -> None:
        super().__init__()
        self.field = _Field()
        self.field.setRange(low, high)
        self.field.setSingleStep(step)
        self.field.setSuffix(f"\N{NO-BREAK SPACE}{unit}" if unit else "")
        self.field.setKeyboardTracking(False)
        self.field.setGroupSeparatorShown(True)
        self.field.setAccessibleName(name)
        pad_number(self.field)
        theme.dress(self.field, "body")
        self._less = IconButton(theme, "minus", tr("{name}: less").format(name=name))
        self._more = IconButton(theme, "plus", tr("{name}: more").format(name=name))
        self._less.clicked.connect(self.field.stepDown)
        self._more.clicked.connect(self.field.stepUp)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for control in (self._less, self.field, self._more):
            row.addWidget(control)
        self.setFocusProxy(self.field)
        # Tab comes in by the field: what stood before it would be passed by.
        tab_in_order((self.field, self._less, self._more))
        self.field.valueChanged.connect(self._tell)
        self._enable_steps()

    def value(self) -> int:
        """What is shown."""
        return self.field.value()

    def setValue(self, value: int) -> None:
        """Show another number."""
        self.field.setValue(value)

    def _tell(self, value: int) -> None:
        self._enable_steps()
        self.valueChanged.emit(value)

    def _enable_steps(self) -> None:
        self._less.setEnabled(self.field.value() > self.field.minimum())
        self._more.setEnabled(self.field.value() < self.field.maximum())


class TickBox(QCheckBox):
    """A box with words beside it, and a tick in it: a style sheet has only its colour."""

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__(words)
        self._theme = theme
        theme.dress(self, "body")
        self.setAccessibleName(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        tick = QRectF(box).adjusted(2, 2, -2, -2)
        paint_icon(painter, "check", self._theme.color("accent_text").name(), tick)
        painter.end()


class Switch(QAbstractButton):
    """On or off; the place of its knob says which, not the colour alone."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        round_off(self, _SWITCH.height() / 2)

    def sizeHint(self) -> QSize:
        return _SWITCH

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else FADED)
        on = self.isChecked()
        track = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._theme.color("accent" if on else "border_strong"), 1))
        painter.setBrush(self._theme.color("accent" if on else "surface"))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent_text" if on else "border_strong"))
        painter.drawEllipse(self._knob(on=on))
        painter.end()

    def _knob(self, *, on: bool) -> QRectF:
        side = self.height() - 2 * _KNOB_GAP
        at_end = on is (self.layoutDirection() is Qt.LayoutDirection.LeftToRight)
        left = self.width() - _KNOB_GAP - side if at_end else _KNOB_GAP
        return QRectF(left, _KNOB_GAP, side, side)

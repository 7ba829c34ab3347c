"""The control for one setting, by the kind of its values."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QWidget

from desktop.setting import Choice, Keys, Number, Setting
from desktop.setting import Switch as SwitchKind
from desktop.theme import Theme
from desktop.views.value_controls import ChoiceBox, NumberBox, Switch
from engine.language import tr

Chosen = Callable[[Any], None]
"""Told of the value that the person chose."""


class SettingControl:
    """A widget, and how a value gets into it."""

    def __init__(self, widget: QWidget, show: Callable[[Any], None]) -> None:
        self.widget = widget
        self._show = show

    def show(self, value: str | int | bool) -> None:  # noqa: FBT001 - the value of a switch
        """Show `value` without telling of it."""
        with QSignalBlocker(self.widget):
            self._show(value)
        self.widget.update()


def control_for(theme: Theme, setting: Setting[Any], chosen: Chosen) -> SettingControl:
    """The control for `setting`; a kind that has none is a mistake in the table."""
    match setting.kind:
        case Choice(words=words):
            return _choice(ChoiceBox(theme, setting.label, words), chosen)
        case Number() as number:
            return _number(theme, setting.label, number, chosen)
        case SwitchKind():
            switch = Switch(theme, setting.label)
            switch.toggled.connect(chosen)
            return SettingControl(switch, switch.setChecked)
        case Keys():
            return _keys(theme, setting.label, chosen)
    raise TypeError(f"{setting.section}.{setting.key} has no control")


def _choice(box: ChoiceBox, chosen: Chosen) -> SettingControl:
    box.currentIndexChanged.connect(lambda _index: chosen(box.currentData()))
    return SettingControl(box, lambda value: box.setCurrentIndex(box.findData(value)))


def _number(theme: Theme, name: str, kind: Number, chosen: Chosen) -> SettingControl:
    box = NumberBox(theme, name, low=kind.low, high=kind.high, step=kind.step, unit=kind.unit)
    box.valueChanged.connect(chosen)
    return SettingControl(box, box.setValue)


def _keys(theme: Theme, name: str, chosen: Chosen) -> SettingControl:
    edit = QKeySequenceEdit()
    edit.setMaximumSequenceLength(1)
    edit.setClearButtonEnabled(True)
    edit.setAccessibleName(name)
    edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    theme.dress(edit, "body")
    portable = QKeySequence.SequenceFormat.PortableText
    field = edit.findChild(QLineEdit)

    def invite() -> None:
        """Qt says a longer sentence each time, which is cut off in other languages."""
        if field:
            field.setPlaceholderText(tr("Press keys"))

    def show(value: str) -> None:
        edit.setKeySequence(QKeySequence(value))
        invite()

    edit.keySequenceChanged.connect(invite)
    edit.editingFinished.connect(invite)
    edit.editingFinished.connect(lambda: chosen(edit.keySequence().toString(portable)))
    return SettingControl(edit, show)

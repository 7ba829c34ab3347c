"""The control for one setting, by the kind of its values."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from desktop.setting import Choice, Keys, Number, Setting
from desktop.setting import Switch as SwitchKind
from desktop.theme import Theme
from desktop.views.keys_field import KeysField
from desktop.views.value_controls import ChoiceBox, NumberBox, Switch

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
            field = KeysField(theme, setting.label)
            field.chosen.connect(chosen)
            return SettingControl(field, field.show_keys)
    raise TypeError(f"{setting.section}.{setting.key} has no control")


def _choice(box: ChoiceBox, chosen: Chosen) -> SettingControl:
    box.currentIndexChanged.connect(lambda _index: chosen(box.currentData()))
    return SettingControl(box, lambda value: box.setCurrentIndex(box.findData(value)))


def _number(theme: Theme, name: str, kind: Number, chosen: Chosen) -> SettingControl:
    box = NumberBox(theme, name, low=kind.low, high=kind.high, step=kind.step, unit=kind.unit)
    box.valueChanged.connect(chosen)
    return SettingControl(box, box.setValue)

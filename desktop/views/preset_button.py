"""The button in the composer that names how the conversation is answered, and its menu."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from desktop.chat_model import ChatModel
from desktop.presets import Preset, preset_of, presets
from desktop.theme import Theme
from desktop.views.controls import push_button
from engine.language import tr


class PresetButton(QWidget):
    """Chat, coding, translation, writing, exact; or the person's own.

    Signals:
        setup_asked: the person wants to change prompt and sampling by hand
        replaced(str): a preset took the place of what the person had set up; can be undone
    """

    setup_asked = Signal()
    replaced = Signal(str)

    def __init__(self, theme: Theme, chat: ChatModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chat = chat
        self.button: QPushButton = push_button(theme, "", "drop", "chevron-down", icon_last=True)
        self.button.setToolTip(tr("Preset: system prompt and sampling of this conversation"))
        self.menu = QMenu(self)
        group = QActionGroup(self)
        self._actions = {preset.id: self._action(preset, group) for preset in presets()}
        self.menu.addSeparator()
        self.menu.addAction(tr("System prompt and sampling…"), self.setup_asked.emit)
        self.button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        self.refresh()

    def refresh(self) -> None:
        """Name what the conversation shown has."""
        preset = preset_of(self._chat.setup())
        name = preset.name if preset else tr("Own")
        self.button.setText(name)
        self.button.setAccessibleName(tr("Preset, {name}").format(name=name))
        for id_, action in self._actions.items():
            action.setChecked(preset is not None and preset.id == id_)

    def choose(self, preset: Preset) -> None:
        """Answer the conversation shown by `preset` from now on."""
        former = self._chat.setup()
        self._chat.set_up(preset.setup)
        if preset_of(former) is None:
            self.replaced.emit(tr("The preset took the place of your own system prompt"))

    def _action(self, preset: Preset, group: QActionGroup) -> QAction:
        action = self.menu.addAction(f"{preset.name} \N{EN DASH} {preset.description}")
        action.setCheckable(True)
        action.triggered.connect(lambda: self.choose(preset))
        group.addAction(action)
        return action

"""A menu with the values of one setting, the chosen one ticked, wherever it is chosen."""

from typing import Any

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from desktop.setting import Choice, Setting
from desktop.settings import Settings
from engine.errors import OutriderError


class ChoiceMenu(QMenu):
    """A choice is stored at once. Where that fails the former one is ticked again."""

    def __init__(
        self, settings: Settings, setting: Setting[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(setting.label, parent)
        self._settings = settings
        self._setting = setting
        self.values: dict[str, QAction] = {}
        group = QActionGroup(self)
        if isinstance(setting.kind, Choice):
            for value, words in setting.kind.words.items():
                self.values[value] = self._entry(value, words)
                group.addAction(self.values[value])
        settings.changed.connect(self._follow)
        self._tick()

    def _entry(self, value: str, words: str) -> QAction:
        entry = self.addAction(words)
        entry.setCheckable(True)
        entry.triggered.connect(lambda: self._choose(value))
        return entry

    def _choose(self, value: str) -> None:
        try:
            self._settings.set(self._setting, value)
        except OutriderError as error:
            self.setToolTip(error.sentence)
            self._tick()

    def _follow(self, setting: Setting[Any]) -> None:
        if setting == self._setting:
            self._tick()

    def _tick(self) -> None:
        self.values[self._settings.get(self._setting)].setChecked(True)

"""The look of the window follows the settings, at once."""

from typing import Any, Final

from PySide6.QtCore import QObject

from desktop.appearance_settings import ACCENT, ANIMATIONS, DENSITY, TEXT_SIZE, THEME, ZOOM
from desktop.setting import Setting
from desktop.settings import Settings
from desktop.theme import Density, Look, Theme, ThemeChoice

_SEEN: Final = (THEME, ACCENT, TEXT_SIZE, ZOOM, DENSITY, ANIMATIONS)


def chosen_look(settings: Settings) -> Look:
    """How the person wants it."""
    return Look(
        scheme=ThemeChoice(settings.get(THEME)),
        accent=settings.get(ACCENT),
        text_size=settings.get(TEXT_SIZE),
        zoom=settings.get(ZOOM),
        density=Density(settings.get(DENSITY)),
        animated=settings.get(ANIMATIONS),
    )


class Appearance(QObject):
    """Keeps `theme` as `settings` say."""

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__(theme)
        self._theme = theme
        self._settings = settings
        settings.changed.connect(self._follow)

    def _follow(self, setting: Setting[Any]) -> None:
        if setting in _SEEN:
            self._theme.wear(chosen_look(self._settings))

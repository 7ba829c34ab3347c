"""Which language this start speaks: read before anything that has words is imported."""

import os
import tomllib
from contextlib import suppress
from typing import Final

from PySide6.QtCore import QLocale

from engine import language, paths
from engine.errors import OutriderError

SECTION: Final = "appearance"
KEY: Final = "language"
SYSTEM: Final = "system"
"""The setting's value for the language that the computer speaks."""


def choose_language() -> None:
    """Speak what the environment asks for, else the setting, else the computer's language."""
    wanted = os.environ.get(language.VARIABLE) or _setting()
    language.choose(_system() if wanted == SYSTEM else wanted)


def _setting() -> str:
    # Not through `Settings`, whose sentences would be made before their language is known.
    with suppress(OSError, OutriderError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        stored = tomllib.loads((paths.config_dir() / paths.SETTINGS_NAME).read_text("utf-8"))
        section = stored.get(SECTION)
        value = section.get(KEY) if isinstance(section, dict) else None
        if isinstance(value, str):
            return value
    return SYSTEM


def _system() -> str:
    """The first of the person's languages that there are words for."""
    served = map(language.serving, QLocale.system().uiLanguages())
    return next(filter(None, served), language.ENGLISH)

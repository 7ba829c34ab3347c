"""Where files live. `OUTRIDER_HOME` moves data, config and cache into one folder."""

import os
from pathlib import Path
from typing import Final

import platformdirs

from engine.errors import DiskTrouble

APP_NAME: Final = "outrider"


def _folder(kind: str, default: str) -> Path:
    home = os.environ.get("OUTRIDER_HOME")
    folder = Path(home).expanduser() / kind if home else Path(default)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DiskTrouble(
            f"The folder {folder} cannot be made.",
            hint="Set OUTRIDER_HOME to a folder that can be written.",
            detail=str(error),
        ) from error
    return folder


def data_dir() -> Path:
    """Conversations: what must not be lost. Created 0700 on first use."""
    return _folder("data", platformdirs.user_data_dir(APP_NAME, appauthor=False))


def config_dir() -> Path:
    """Settings. Created 0700 on first use."""
    return _folder("config", platformdirs.user_config_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """What can be made again: measurements, low-bit copies. Created 0700 on first use."""
    return _folder("cache", platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def log_dir() -> Path:
    """Rotating logs. Created 0700 on first use."""
    return _folder("log", platformdirs.user_log_dir(APP_NAME, appauthor=False))


def models_dir() -> Path:
    """Where models are found by name: `OUTRIDER_MODELS` or `~/.cache/outrider-models`.

    Not created here: a missing folder is an answer ("no models yet").
    """
    return Path(os.environ.get("OUTRIDER_MODELS") or "~/.cache/outrider-models").expanduser()

"""Where files live. `OUTRIDER_HOME` moves data, config and cache into one folder.

So does a file named `portable` beside the frozen program: all then lies beside it, models too.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import platformdirs

from engine import frozen
from engine.errors import DiskTrouble
from engine.language import tr

log = logging.getLogger(__name__)

APP_NAME: Final = "outrider"
LOG_NAME: Final = "outrider.log"
SETTINGS_NAME: Final = "settings.toml"
_PORTABLE_MARK: Final = "portable"
_PORTABLE_HOME: Final = "outrider-home"


def _folder(kind: str, default: str) -> Path:
    home = _own_home() or _portable_home()
    folder = home / kind if home else Path(default)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DiskTrouble(
            tr("The folder {folder} cannot be made.").format(folder=folder),
            hint=tr("Set OUTRIDER_HOME to a folder that can be written."),
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


def private(path: Path) -> Path:
    """The file for its owner's eyes only, made if it is not there. Raises `OSError`."""
    path.touch(mode=0o600)
    return path


def keep_if_possible(path: Path, text: str) -> None:
    """Put ASCII in place of the file, whole or not at all; a disk that refuses is only logged."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private(part).write_text(text)
        part.replace(path)
    except OSError as error:
        log.warning("%s is not written: %s", path.name, error)
        with suppress(OSError):
            part.unlink(missing_ok=True)


def models_dir() -> Path:
    """Where models are found by name: `OUTRIDER_MODELS` or `~/.cache/outrider-models`.

    Not created here: a missing folder is an answer ("no models yet").
    """
    if named := os.environ.get("OUTRIDER_MODELS"):
        return Path(named).expanduser()
    portable = _portable_home()
    return portable / "models" if portable else Path("~/.cache/outrider-models").expanduser()


def _own_home() -> Path | None:
    home = os.environ.get("OUTRIDER_HOME")
    return Path(home).expanduser() if home else None


def _portable_home() -> Path | None:
    folder = frozen.program_folder()
    return folder / _PORTABLE_HOME if folder and (folder / _PORTABLE_MARK).exists() else None

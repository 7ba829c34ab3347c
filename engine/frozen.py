"""Outrider as one folder, frozen by PyInstaller: whether this is that, and what lies where."""

import sys
from pathlib import Path
from typing import Final

ENGINE_PROCESS: Final = "--engine-process"
"""Makes a frozen program the engine's process: there is no interpreter that could run a module."""


def is_frozen() -> bool:
    """Whether this runs from the frozen folder."""
    return bool(getattr(sys, "frozen", False))


def program_folder() -> Path | None:
    """The folder with the frozen program; None in a checkout or an installed package."""
    return Path(sys.executable).parent if is_frozen() else None


def packed_file(name: str) -> Path | None:
    """A file that was packed into the frozen folder; None where it is not there."""
    folder = getattr(sys, "_MEIPASS", None)
    path = Path(folder, name) if folder and is_frozen() else None
    return path if path and path.is_file() else None

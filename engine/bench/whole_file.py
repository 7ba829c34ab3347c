"""Files that are replaced whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from engine.errors import DiskTrouble


def write_whole(path: Path, text: str) -> None:
    """Put `text` in place of the file. Raises `DiskTrouble`; the former file stays then.

    What is no ordinary file, such as a pipe, is written to as it is.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
        else:
            _replace(path.resolve(), text)
    except OSError as error:
        raise DiskTrouble(
            f"{path} cannot be written.",
            hint="Check the folder, its permissions and the free space.",
            detail=str(error),
        ) from error


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)

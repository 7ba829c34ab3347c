"""A file that is written wholly or not at all, and never over another one by accident."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from desktop.conversations.disk import DestinationExists, os_errors_told
from engine.language import tr


@contextmanager
def whole_file(destination: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A file to write to; it stands at `destination` once the block has ended without an error.

    Raises `DestinationExists` unless `overwrite`, `DiskTrouble` when the disk refuses; in both
    cases what was at `destination` is still there. The file is readable by its owner only.
    """
    with os_errors_told(f"“{destination.name}”"):
        handle, name = tempfile.mkstemp(dir=destination.parent, prefix=".outrider-", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if overwrite:
                part.replace(destination)
            else:
                _take_free_name(part, destination)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()


def _take_free_name(part: Path, destination: Path) -> None:
    # Reserved by an empty file: a mere look beforehand would leave a gap for another program.
    try:
        destination.touch(exist_ok=False)
    except FileExistsError as error:
        raise DestinationExists(
            tr("“{name}” is there already.").format(name=destination.name),
            hint=tr("Choose another name or replace it."),
        ) from error
    try:
        part.replace(destination)
    except OSError:
        destination.unlink()
        raise

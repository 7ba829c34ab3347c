"""Opens a model file, and turns every way this fails into a sentence that names the file."""

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.errors import BadModelFile, IncompleteModelFile, ModelNotFound
from engine.language import tr
from engine.library.gguf_format import CutOff, HeaderFault
from engine.library.printable import shown_name


@contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """A `HeaderFault` inside becomes a `BadModelFile` that begins with the file's name."""
    try:
        yield
    except HeaderFault as fault:
        kind = IncompleteModelFile if isinstance(fault, CutOff) else BadModelFile
        raise kind(f"{shown_name(path)} {fault}", hint=fault.hint, detail=str(path)) from None


@contextmanager
def open_model_file(path: Path) -> Iterator[BinaryIO]:
    """The file open for reading; `ModelNotFound` if it cannot be opened or read."""
    try:
        _check_kind(path)
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise _not_found(path, error) from error


def _check_kind(path: Path) -> None:
    # Before opening: opening a pipe would wait for its other end.
    try:
        mode = path.stat().st_mode
    except ValueError as error:  # a NUL in the name
        raise FileNotFoundError(errno.ENOENT, str(error)) from error
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "a folder", str(path))
    if not stat.S_ISREG(mode):
        raise ModelNotFound(
            tr("{name} is not a file but a device or a pipe.").format(name=shown_name(path))
        )


def _not_found(path: Path, error: OSError) -> ModelNotFound:
    sentence, hint = tr("cannot be read."), ""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            sentence, hint = tr("is not there."), tr("It may have been moved, renamed or deleted.")
        case IsADirectoryError():
            sentence, hint = tr("is a folder, not a model file."), tr("Choose a .gguf file.")
        case PermissionError():
            sentence, hint = tr("may not be read."), tr("Its permissions do not allow it.")
    return ModelNotFound(f"{shown_name(path)} {sentence}", hint=hint, detail=f"{path}: {error}")

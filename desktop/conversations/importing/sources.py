"""What the user chose to import - a file, a folder, an archive - as files with names.

Nothing is ever unpacked to the disk. A name is a label: it can reach nothing outside.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Final, Protocol, cast

from desktop.conversations.importing.troubles import BadImport
from engine.cancel import CancelToken
from engine.language import tr, whole

MOST_MEMBERS: Final = 200_000
_THREAD: Final = ("thread.json", "messages.jsonl")
"""Jan's: neither is a conversation without the other."""
_BOMB_BYTES: Final = 100 << 20
_BOMB_RATIO: Final = 120
"""Chats shrink to a fifth or a tenth; deflate ends at about 1,030."""


class Source(Protocol):
    """Files with names, to be read one at a time."""

    path: Path
    """What the user chose."""
    sizes: Mapping[str, int]
    """Names, with forward slashes, sorted; and how many bytes each file holds."""
    beside: Mapping[str, int]
    """The same of files outside of it that a conversation may name as its attachments."""
    is_single: bool
    """One file, which may have any name."""

    def open(self, name: str) -> BinaryIO:
        """The content of a file of `sizes` or `beside`; the caller closes it."""
        ...

    def close(self) -> None:
        """Idempotent."""
        ...


class LocalSource:
    """A file, or a folder with everything in it; links are not followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_single = not path.is_dir()
        files = {path.name: path} if self.is_single else _files_in(path)
        self.sizes: Mapping[str, int] = _sizes(files)
        beside = _attachments_beside(path)
        self.beside: Mapping[str, int] = _sizes(beside)
        self._paths = beside | files

    def open(self, name: str) -> BinaryIO:
        """A file that was there when the source was opened."""
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        if self.is_single and name in self.sizes:
            flags &= ~getattr(os, "O_NOFOLLOW", 0)  # the user chose it, link or not
        return os.fdopen(os.open(self._paths[name], os.O_RDONLY | flags), "rb")

    def close(self) -> None:
        """Nothing is held."""


def _files_in(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for inner, _, names in os.walk(folder):
        for name in names:
            file = Path(inner, name)
            if stat.S_ISREG(file.lstat().st_mode):
                files[file.relative_to(folder).as_posix()] = file
        _check_count(folder.name, len(files))
    return files


def _sizes(files: Mapping[str, Path]) -> dict[str, int]:
    return {name: files[name].stat().st_size for name in sorted(files)}


def _attachments_beside(path: Path) -> dict[str, Path]:
    """LM Studio's attachments: `user-files` stands beside the folder `conversations`."""
    for folder in (path.absolute(), *path.absolute().parents):
        beside = folder.parent / "user-files"
        if folder.name == "conversations" and beside.is_dir():
            return {f"user-files/{name}": file for name, file in _files_in(beside).items()}
    return {}


class ZipSource:
    """A ZIP archive, refused as a whole when it is made to do harm."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_single = False
        self.beside: Mapping[str, int] = {}
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise _damaged_archive(path, error) from error
        try:
            self._members = _checked_members(path, self._archive)
        except BaseException:
            self.close()
            raise
        self.sizes: Mapping[str, int] = {
            name: self._members[name].file_size for name in sorted(self._members)
        }

    def open(self, name: str) -> BinaryIO:
        """A member; what it yields is bounded by its declared size, which was checked."""
        try:
            return self._archive.open(self._members[name])  # type: ignore[return-value]
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise _damaged_archive(self.path, error) from error

    def close(self) -> None:
        """Idempotent."""
        self._archive.close()


def _checked_members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    _check_count(path.name, len(members))
    if any(info.flag_bits & 1 for info in members.values()):
        raise BadImport(
            tr("“{name}” is locked with a password.").format(name=path.name),
            hint=tr("Unpack it, then import the folder."),
        )
    if any(_leads_outside(name) for name in members):
        raise BadImport(tr("“{name}” names a file that lies outside of it.").format(name=path.name))
    if any(_is_bomb(info) for info in members.values()):
        raise BadImport(
            tr("“{name}” unpacks to far more than an export of conversations holds.").format(
                name=path.name
            )
        )
    return members


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or bool(PureWindowsPath(name).drive)


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > max(_BOMB_BYTES, _BOMB_RATIO * info.compress_size)


def _check_count(name: str, count: int) -> None:
    if count > MOST_MEMBERS:
        raise BadImport(
            tr("“{name}” holds more than {count} files.").format(
                name=name, count=whole(MOST_MEMBERS)
            )
        )


def _damaged_archive(path: Path, error: Exception) -> BadImport:
    return BadImport(
        tr("“{name}” is a damaged archive.").format(name=path.name),
        hint=tr("Download or copy it again."),
        detail=str(error),
    )


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The source at `path`; what the disk refuses while it is read is told in a sentence."""
    try:
        source = _source(path)
        try:
            yield source
        finally:
            source.close()
    except OSError as error:
        raise BadImport(
            tr("“{name}” cannot be read.").format(name=path.name),
            hint=tr("Check that it is still there and may be read."),
            detail=str(error),
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged_archive(path, error) from error


def _source(path: Path) -> Source:
    if path.name in _THREAD and all(path.with_name(part).is_file() for part in _THREAD):
        path = path.parent
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return LocalSource(path)
    if not stat.S_ISREG(mode):  # a pipe, say, which may never end
        raise BadImport(tr("“{name}” is neither a file nor a folder.").format(name=path.name))
    return ZipSource(path) if zipfile.is_zipfile(path) else LocalSource(path)


class Reading:
    """A source while it is read: counts the bytes, and stops when the user does."""

    def __init__(self, source: Source, cancel: CancelToken) -> None:
        self.source = source
        self.cancel = cancel
        self.bytes_read = 0
        self.moment: Final = source.path.stat().st_mtime
        """When the source was last written."""

    def sizes(self) -> Mapping[str, int]:
        """All files that a conversation may name."""
        return {**self.source.beside, **self.source.sizes}

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A file of the source. Reading it raises `Cancelled`."""
        with self.source.open(name) as file:
            yield cast("BinaryIO", _Counted(file, self))

    def whole(self, name: str, most: int) -> bytes | None:
        """All of a small file; None where it holds more than `most` bytes."""
        with self.open(name) as file:
            data = file.read(most + 1)
        return data if len(data) <= most else None


class _Counted:
    def __init__(self, file: BinaryIO, reading: Reading) -> None:
        self._file = file
        self._reading = reading

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int = -1) -> bytes:
        self._reading.cancel.check()
        data = self._file.read(size)
        self._reading.bytes_read += len(data)
        return data

"""The hub library's cache folder: models placed there are found by every tool that uses it."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from huggingface_hub import constants
from huggingface_hub.utils import WeakFileLock

from engine.errors import DiskTrouble
from engine.language import tr
from engine.library.hub.values import RemoteFile, RemoteModel
from engine.library.printable import printable

SIDECAR_SUFFIX: Final = ".part.json"
_LOCK_SECONDS: Final = 0.1


def default_cache_folder() -> Path:
    """Where the hub library keeps its cache: `HF_HUB_CACHE`, `HF_HOME` or the usual place."""
    return Path(constants.HF_HUB_CACHE)


class RepoCache:
    """The part of the cache that belongs to one repository.

    `blobs` has contents by their SHA-256, `snapshots/<commit>` their names, `refs` the commits of
    branches. What is on its way lies in `blobs` too, where tools do not look.
    """

    def __init__(self, cache: Path, repo: str) -> None:
        name = f"models--{repo.replace('/', '--')}"
        self._folder = cache / name
        self._locks = cache / ".locks" / name

    def blob(self, file: RemoteFile) -> Path:
        """The whole, checked content of `file`."""
        return self._folder / "blobs" / file.sha256

    def part(self, file: RemoteFile) -> Path:
        """What has arrived of `file`."""
        return self._folder / "blobs" / f"{file.sha256}.part"

    def sidecar(self, model: RemoteModel) -> Path:
        """The record of a download that is not finished."""
        return self._folder / "blobs" / f"{model.files[0].sha256}{SIDECAR_SUFFIX}"

    def has(self, file: RemoteFile) -> bool:
        """Whether all of `file` is here."""
        return _size(self.blob(file)) == file.size

    def arrived(self, file: RemoteFile) -> int:
        """How many bytes of `file` are here."""
        if self.has(file):
            return file.size
        return min(_size(self.part(file)) or _size(self.blob(file)), file.size)

    def take_up(self, file: RemoteFile) -> None:
        """Let a content that ends early, whoever left it so, be what has arrived of `file`."""
        if self.blob(file).exists() and not self.part(file).exists():
            self.blob(file).replace(self.part(file))

    def found(self, model: RemoteModel) -> Path | None:
        """The first file of `model` if all of them are placed."""
        paths = [self._pointer(model.commit, file) for file in model.files]
        files = zip(paths, model.files, strict=True)
        return paths[0] if all(_size(path) == file.size for path, file in files) else None

    def make_folders(self) -> None:
        """Folders without which other tools call the cache corrupted."""
        for name in ("blobs", "snapshots"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)

    def place(self, model: RemoteModel) -> Path:
        """Let the parts of `model`, all of them whole, become files with names; the first one."""
        for file in model.files:
            if not self.has(file):
                self.part(file).replace(self.blob(file))
        for file in model.files:
            pointer = self._pointer(model.commit, file)
            pointer.parent.mkdir(parents=True, exist_ok=True)
            if _size(pointer) != file.size:
                _point(pointer, self.blob(file))
        ref = self._folder / "refs" / "main"
        ref.parent.mkdir(exist_ok=True)
        write_whole(ref, model.commit)
        return self._pointer(model.commit, model.files[0])

    @contextmanager
    def locked(self, model: RemoteModel) -> Iterator[None]:
        """Hold the locks that the hub library takes for the same files.

        Raises `DiskTrouble` where another program holds one.
        """
        with ExitStack() as locks:
            for file in model.files:
                path = self._locks / f"{file.sha256}.lock"
                path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    locks.enter_context(WeakFileLock(path, timeout=_LOCK_SECONDS))
                except TimeoutError as error:
                    raise DiskTrouble(
                        tr("{name} is being downloaded by another program.").format(
                            name=printable(file.name)
                        ),
                        hint=tr("Wait until it is done there, or stop it."),
                        detail=str(path),
                    ) from error
            yield

    def _pointer(self, commit: str, file: RemoteFile) -> Path:
        return self._folder / "snapshots" / commit / file.path


def _size(path: Path) -> int:
    """Bytes of a file; 0 where none is."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def write_whole(path: Path, text: str) -> None:
    """Write a small file that others read and write at the same time: all of it or nothing."""
    new = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _point(pointer: Path, blob: Path) -> None:
    with suppress(FileNotFoundError):
        pointer.unlink()  # a link to nothing, or a file that ends early
    try:
        pointer.symlink_to(os.path.relpath(blob, pointer.parent))
    except OSError:  # no links here: the hub library moves the content as well
        blob.replace(pointer)

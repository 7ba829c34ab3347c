"""A file that is arriving: its bytes on the disk, and their SHA-256 growing along."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20


class PartFile:
    """The open part file `path`, made if it is not there. Bytes are only ever appended."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b", buffering=0)
        self._digest = hashlib.sha256()
        self.size = 0
        """How many bytes are here and hashed."""

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._file.close()

    def read_back(self, longest: int, on_chunk: Callable[[], None]) -> None:
        """Hash what an earlier run left; more than `longest` bytes cannot be right and go away."""
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            self._digest.update(chunk)
            self.size += len(chunk)
            if self.size > longest:
                self.restart()
                return
            on_chunk()

    def append(self, chunk: bytes) -> None:
        """Add `chunk` at the end. Raises `OSError`, with the bytes that found room added."""
        rest = memoryview(chunk)
        while rest:
            written = self._file.write(rest)
            self._digest.update(rest[:written])
            self.size += written
            rest = rest[written:]

    def restart(self) -> None:
        """Forget all bytes."""
        self._file.truncate(0)
        self._digest = hashlib.sha256()
        self.size = 0

    def finish(self) -> str:
        """Make the bytes survive a power cut; their SHA-256."""
        os.fsync(self._file.fileno())
        return self._digest.hexdigest()

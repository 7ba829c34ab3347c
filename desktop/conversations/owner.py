"""Whether the process that writes a reply is alive, whatever its number is by now.

A process that streams holds a lock on a file of its own. The kernel gives the lock back when the
process dies, however it dies; so a lock that can be had belongs to the dead.
"""

import uuid
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.conversations.disk import os_errors_told


class Owner:
    """This process, as the writer of replies in the folder of the conversations file."""

    def __init__(self, folder: Path) -> None:
        self.id = str(uuid.uuid4())
        self._lock = FileLock(_lock_path(folder, self.id))

    def hold(self) -> None:
        """Be known as alive from now on. Idempotent."""
        if not self._lock.is_locked:
            with os_errors_told("A file beside the conversations"):
                self._lock.acquire(blocking=False)

    def close(self) -> None:
        """Be known as gone. Idempotent."""
        if self._lock.is_locked:
            with suppress(OSError):
                Path(self._lock.lock_file).unlink()
            self._lock.release()


def is_alive(folder: Path, owner_id: str) -> bool:
    """Whether the process that took this id still lives. Clears away what a dead one left."""
    path = _lock_path(folder, owner_id)
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except (Timeout, OSError):
        # Where the file cannot even be locked, a reply too many under way does no harm.
        return True
    with suppress(OSError):
        path.unlink()
    lock.release()
    return False


def _lock_path(folder: Path, owner_id: str) -> Path:
    return folder / f"replying-{owner_id}.lock"

"""Which processes have the conversations file open, and which of them still live.

Each holds a lock on a file of its own. The kernel gives a lock back when its process dies,
however it dies; so a lock that can be had belongs to the dead, whatever process has their number
by now. That is how a half reply is known from one that another window is writing.
"""

import uuid
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from desktop.conversations.disk import os_errors_told
from engine.language import tr


class Presence:
    """This process beside the conversations file `database`."""

    def __init__(self, database: Path) -> None:
        self.id = str(uuid.uuid4())
        self._database = database
        self._lock = _lock(database, self.id)

    def hold(self) -> None:
        """Be known as alive from now on. Idempotent. Raises `DiskTrouble`."""
        if not self._lock.is_locked:
            with os_errors_told(tr("A file beside the conversations")):
                self._lock.acquire(blocking=False)

    def close(self) -> None:
        """Be known as gone. Idempotent."""
        if self._lock.is_locked:
            _remove(self._lock)

    def is_alive(self, other_id: str) -> bool:
        """Whether the process with this id still lives. Clears away what a dead one left."""
        if other_id == self.id or not _lock_path(self._database, other_id).exists():
            return other_id == self.id
        lock = _lock(self._database, other_id)
        try:
            lock.acquire(blocking=False)
        except (Timeout, OSError):
            # Where the file cannot even be locked, one living process too many does no harm.
            return True
        _remove(lock)
        return False

    def others(self) -> list[str]:
        """The other living processes that have the file open."""
        ids = [path.name.rpartition(".")[2] for path in _all_locks(self._database)]
        return [other for other in ids if other != self.id and self.is_alive(other)]


def _lock(database: Path, holder: str) -> FileLock:
    return FileLock(_lock_path(database, holder), mode=0o600, thread_local=False)


def _lock_path(database: Path, holder: str) -> Path:
    return database.with_name(f"{database.name}-open.{holder}")


def _all_locks(database: Path) -> list[Path]:
    return list(database.parent.glob(f"{database.name}-open.*"))


def _remove(lock: FileLock) -> None:
    # Unlinked while it is held: nobody else can get hold of the name in between.
    with suppress(OSError):
        Path(lock.lock_file).unlink()
    lock.release()

"""One window for one person: a second start brings the first one to the front.

A lock that the kernel gives back decides who is the first; a local socket, open to this person
only, carries what the second one was asked to open.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from PySide6.QtCore import QDeadlineTimer, QObject, QThread, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop.conversations.disk import os_errors_told
from engine.errors import OutriderError
from engine.language import tr

MAX_MESSAGE: Final = 64 << 10
PATIENCE_MS: Final = 8000
_ANSWER: Final = b"shown\n"
_RETRY_MS: Final = 50
_LONGEST_SOCKET_PATH: Final = 100
"""Bytes; the system's own limit is 104 on macOS and 108 on Linux."""


class WindowSilent(OutriderError):
    """The first Outrider has the lock and does not answer."""

    title = tr("Outrider is running already")


class SingleInstance(QObject):
    """The first Outrider on this data folder, listening for later ones.

    Signals:
        called(list[Path]): a second start came, with these files
    """

    called = Signal(list)

    def __init__(self, lock: FileLock, name: str) -> None:
        super().__init__()
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        # A socket that is there is a dead one's: the lock is ours.
        QLocalServer.removeServer(name)
        self._server.listen(name)

    @classmethod
    def claim(cls, folder: Path) -> "SingleInstance | None":
        """Be the first; None if another one is. Raises `DiskTrouble`."""
        lock = FileLock(folder / "window.lock", mode=0o600, thread_local=False)
        with os_errors_told(tr("The data folder")):
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return None
        return cls(lock, _socket_name(folder))

    def turn_away(self) -> None:
        """Answer nobody any more: this one is closing, and a later start becomes the first."""
        self._server.close()

    def close(self) -> None:
        """Let the next start be the first. Idempotent."""
        self.turn_away()
        self._lock.release()

    def _greet(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.setReadBufferSize(MAX_MESSAGE)
            socket.readyRead.connect(partial(self._read, socket))
            # It ends with the server: deleting it when it disconnects crashes where the end of the
            # server is what disconnects it. Nobody takes this long for a line.
            QTimer.singleShot(PATIENCE_MS, socket, socket.abort)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.canReadLine():
            self._take(socket, bytes(socket.readLine().data()))
        elif socket.bytesAvailable() >= MAX_MESSAGE:
            socket.abort()

    def _take(self, socket: QLocalSocket, line: bytes) -> None:
        files = _files_in(line)
        if files is None:
            socket.abort()
            return
        socket.write(_ANSWER)
        socket.flush()
        socket.disconnectFromServer()
        self.called.emit(files)


def first_or_hand_over(folder: Path, files: Sequence[Path]) -> SingleInstance | None:
    """Be the first, or bring the first one to the front with `files` for it to open: None.

    Raises `WindowSilent` where the first one does neither answer nor end, and `DiskTrouble`.
    """
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not deadline.hasExpired():
        if first := SingleInstance.claim(folder):
            return first
        if _handed_over(folder, files, deadline):
            return None
        # The first one may just be starting or closing: then it has the lock and does not listen.
        QThread.msleep(_RETRY_MS)
    raise WindowSilent(
        tr("Outrider is running already, but its window does not answer."),
        hint=tr("Close it, or end it in the system's list of programs, then start again."),
    )


def _handed_over(folder: Path, files: Sequence[Path], deadline: QDeadlineTimer) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(_socket_name(folder))
    if not socket.waitForConnected(_left(deadline)):
        return False
    message = json.dumps({"files": [str(file.absolute()) for file in files]})
    socket.write(message.encode() + b"\n")
    while not socket.canReadLine():
        if not socket.waitForReadyRead(_left(deadline)):
            return False
    return True


def _left(deadline: QDeadlineTimer) -> int:
    return max(1, deadline.remainingTime())


def _socket_name(folder: Path) -> str:
    """In the folder, which is closed to others; else a name that no other folder has."""
    path = folder / "window.socket"
    if sys.platform != "win32" and len(str(path).encode()) <= _LONGEST_SOCKET_PATH:
        return str(path)
    return "outrider-" + hashlib.sha256(str(folder).encode()).hexdigest()[:32]


def _files_in(line: bytes) -> list[Path] | None:
    """The files that a message names; None for what is no message of ours."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    names = message.get("files") if isinstance(message, dict) else None
    if not isinstance(names, list) or not all(map(_is_path, names)):
        return None
    return [Path(name) for name in names]


def _is_path(name: object) -> bool:
    return isinstance(name, str) and "\0" not in name

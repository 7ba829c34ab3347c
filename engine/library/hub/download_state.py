"""One download as it is shown, and as the queue keeps it."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.errors import OutriderError
from engine.library.hub.speed import Speed
from engine.library.hub.transfer import Progress, Stage
from engine.library.hub.values import RemoteModel


class DownloadState(StrEnum):
    """Where a download is in its life."""

    QUEUED = "queued"
    CHECKING = "checking"
    RECEIVING = "receiving"
    WAITING = "waiting"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"

    @property
    def is_active(self) -> bool:
        """Whether a thread works on it."""
        return self in _ACTIVE

    @property
    def is_pending(self) -> bool:
        """Whether it moves, or will by itself."""
        return self.is_active or self is DownloadState.QUEUED


_ACTIVE: Final = frozenset((DownloadState.CHECKING, DownloadState.RECEIVING, DownloadState.WAITING))


@dataclass(frozen=True)
class Download:
    """One download as it is now.

    `note` says what a WAITING one waits for. `error` is why one FAILED; it can be resumed. `path`
    is the first file of one that is DONE.
    """

    model: RemoteModel
    state: DownloadState
    done_bytes: int
    bytes_per_second: float | None = None
    seconds_left: float | None = None
    note: str = ""
    error: OutriderError | None = None
    path: Path | None = None

    @property
    def id(self) -> str:
        """Its name in the queue."""
        return self.model.id

    @property
    def total_bytes(self) -> int:
        """Bytes of the whole model."""
        return self.model.size


@dataclass
class Entry:
    """A download that changes; guarded by the queue's lock."""

    model: RemoteModel
    state: DownloadState
    done: int
    note: str = ""
    error: OutriderError | None = None
    path: Path | None = None
    speed: Speed = field(default_factory=Speed)
    cancel: CancelToken = field(default_factory=CancelToken)
    thread: threading.Thread | None = None
    is_removed: bool = False

    def hear(self, progress: Progress) -> None:
        """Take note of how far the transfer is."""
        self.state = DownloadState(progress.stage)
        if progress.stage is not Stage.CHECKING:
            self.done = progress.done
        self.note = progress.note
        if progress.stage is Stage.RECEIVING:
            self.speed.saw(progress.done)
        else:
            self.speed.forget()

    def settle(
        self, state: DownloadState, *, error: OutriderError | None = None, path: Path | None = None
    ) -> None:
        """Nothing moves any more, in `state`."""
        self.state, self.error, self.path, self.note = state, error, path, ""
        self.speed.forget()

    def shown(self) -> Download:
        """The frozen value of it."""
        return Download(
            model=self.model,
            state=self.state,
            done_bytes=self.done,
            bytes_per_second=self.speed.bytes_per_second,
            seconds_left=self.speed.seconds_left(self.model.size - self.done),
            note=self.note,
            error=self.error,
            path=self.path,
        )

"""Writes that find the conversations file locked: kept in order and tried again, never lost."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.conversations.disk import Locked
from engine.errors import OutriderError
from engine.language import tr

RETRY_MS: Final = 100
TOLD_AFTER_SECONDS: Final = 3.0
"""A lock that lasts longer is told."""
LAST_SECONDS: Final = 5.0
"""How long the end of the app waits for a lock."""

_Step = Callable[[], object]


def nothing() -> None:
    """What follows a write that nothing follows."""


def caught_up() -> str:
    """What the person reads when nothing waits any more."""
    return tr("The other program is done: everything is saved now.")


class PatientWrites(QObject):
    """Writes of the window's thread, which must not wait for another program.

    What meets a lock waits here, and all that is written later waits behind it. So a write is a
    closure over everything that it needs: another conversation may be shown when its turn comes.
    The person takes it for written, so nothing that waits is ever given up, whatever else fails.

    Signals:
        changed: something begins to wait, or nothing waits any more
        failed(OutriderError): a write was refused, or waits for long
        caught_up: all that waited, and of which `failed` had told, is on the disk
    """

    changed = Signal()
    failed = Signal(object)
    caught_up = Signal()

    def __init__(
        self, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._waiting: deque[tuple[_Step, _Step]] = deque()
        self._since = 0.0
        self._told = False
        self._timer = QTimer(self, interval=RETRY_MS)
        self._timer.timeout.connect(self.try_again)

    @property
    def are_waiting(self) -> bool:
        """Whether something is not on the disk yet."""
        return bool(self._waiting)

    def run(self, write: _Step, then: _Step = nothing) -> bool:
        """Write now or as soon as the lock is gone, then do `then`. False: it was refused.

        Raises what is no `OutriderError`, as `write` does.
        """
        if self._waiting:
            self._waiting.append((write, then))
            return True
        try:
            write()
        except Locked:
            self._wait_for(write, then)
        except OutriderError as error:
            self.failed.emit(error)
            return False
        else:
            then()
        return True

    def try_again(self) -> None:
        """Write what waits, as far as the lock is gone."""
        while self._waiting:
            # Taken out first: whatever an unexpected error does, the next one gets its turn.
            write, then = self._waiting.popleft()
            try:
                write()
            except OutriderError as error:
                self._waiting.appendleft((write, then))
                self._tell(error)
                return
            except LookupError:
                continue  # what it was about is gone by now
            else:
                then()
        self._catch_up()

    def finish(self) -> bool:
        """Wait for the lock, because the app ends; False: what waits is lost."""
        until = time.monotonic() + LAST_SECONDS
        self.try_again()
        while self._waiting and time.monotonic() < until:
            time.sleep(RETRY_MS / 1000)
            self.try_again()
        return not self._waiting

    def _wait_for(self, write: _Step, then: _Step) -> None:
        self._waiting.append((write, then))
        self._since = self._clock()
        self._timer.start()
        self.changed.emit()

    def _tell(self, error: OutriderError) -> None:
        is_brief = isinstance(error, Locked) and self._clock() - self._since < TOLD_AFTER_SECONDS
        if not self._told and not is_brief:
            self._told = True
            self.failed.emit(_waits(error) if isinstance(error, Locked) else error)

    def _catch_up(self) -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        told, self._told = self._told, False
        if told:
            self.caught_up.emit()
        self.changed.emit()


def _waits(error: Locked) -> Locked:
    return Locked(
        tr("Another program is writing to the conversations."),
        hint=tr("What you do is saved as soon as it is done."),
        detail=error.detail,
    )

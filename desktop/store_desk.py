"""Work on the conversations beside the window, each piece with progress, cancel and an outcome."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from desktop.conversations.store import ConversationStore
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError
from engine.language import tr

TELL_SECONDS: Final = 0.05
Tell = Callable[[object], None]
Work = Callable[[ConversationStore, Tell, CancelToken], object]
"""Called in the worker's thread with a store of its own."""

_log = logging.getLogger("outrider.store_desk")


class StoreTask(QObject):
    """One piece of work. Exactly one of the last three signals ends it.

    Signals (on the thread this object lives in):
        progressed(object): what the work told last, a few times a second
        finished(object): what it gave back
        cancelled
        failed(OutriderError)
    """

    progressed = Signal(object)
    finished = Signal(object)
    cancelled = Signal()
    failed = Signal(object)

    _delivered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cancel = CancelToken()
        self._told_at = 0.0
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Ask the work to end; one of the three signals follows."""
        self._cancel.cancel()

    def run(self, place: Path, work: Work) -> None:
        """In the worker's thread: do the work over the conversations at `place`."""
        try:
            self._cancel.check()
            with closing(ConversationStore(place)) as store:
                outcome = work(store, self._tell, self._cancel)
        except Cancelled:
            self._delivered.emit(self.cancelled.emit)
        except OutriderError as error:
            _log.warning("%s %s", error.sentence, error.detail)
            self._delivered.emit(partial(self.failed.emit, error))
        except Exception:
            self._delivered.emit(partial(self.failed.emit, _unexpected()))
            raise
        else:
            self._delivered.emit(partial(self.finished.emit, outcome))

    def _tell(self, progress: object) -> None:
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self._delivered.emit(partial(self.progressed.emit, progress))

    def _deliver(self, signal: Callable[[], None]) -> None:
        signal()


class StoreDesk(QObject):
    """Does one piece of work after the other in a thread of its own."""

    def __init__(self, place: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._worker = Worker("store desk")
        self._tasks: set[StoreTask] = set()

    def start(self, work: Work) -> StoreTask:
        """Begin as soon as the work before it has ended. The task lives until it has ended."""
        task = StoreTask(self)
        self._tasks.add(task)
        for ended in (task.finished, task.failed, task.cancelled):
            ended.connect(lambda *_: self._forget(task))
        self._worker.submit(lambda: task.run(self._place, work))
        return task

    def shutdown(self, timeout: float) -> bool:
        """Cancel everything, and say whether it ended within `timeout` seconds."""
        for task in self._tasks:
            task.cancel()
        return self._worker.shutdown(timeout)

    def _forget(self, task: StoreTask) -> None:
        self._tasks.discard(task)
        task.deleteLater()


def _unexpected() -> OutriderError:
    return OutriderError(
        tr("Something went wrong that Outrider has no words for."),
        hint=tr("The log has the cause."),
    )

"""A thread that does one job after the other, and ends when asked.

The threads of the app are made here: one owns the engine's native objects, one reads model files.
"""

import logging
import queue
import threading
from collections.abc import Callable
from typing import TypeAlias

Job: TypeAlias = Callable[[], None]

_log = logging.getLogger("outrider.worker")


class Worker:
    """Runs jobs in order. A job reports its own failures; one that raises is a logged bug."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        # Daemon: after the bounded wait of `shutdown` a stuck native call must not hold the exit.
        self._thread = threading.Thread(target=self._run, name=f"outrider {name}", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Put `job` behind those that wait; ignored once `shutdown` was called."""
        if not self._closed:
            self._jobs.put(job)

    def shutdown(self, timeout: float) -> bool:
        """Finish the jobs that wait, end, and say whether that happened within `timeout` seconds.

        Whoever submitted long jobs cancels them first. Calling it again waits again.
        """
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # noqa: BLE001 the next jobs, closing among them, must still run
                _log.exception("A job of %s failed", self._thread.name)

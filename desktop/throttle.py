"""Bursts become few calls: the first at once, the last never lost, and no more than is afforded."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

FIGURES_MS: Final = 250
"""Between two sights of live figures: nobody reads those of each frame."""


class Throttle(QObject):
    """Calls `action` at most once per `interval_ms`: leading call at once, trailing call later."""

    def __init__(
        self, action: Callable[[], None], interval_ms: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._waiting = False
        self._timer = QTimer(self, singleShot=True, interval=interval_ms)
        self._timer.timeout.connect(self._elapsed)

    def __call__(self) -> None:
        """Ask for a call."""
        if self._timer.isActive():
            self._waiting = True
        else:
            self._run()

    def flush(self) -> None:
        """Make a call that waits happen now."""
        if self._waiting:
            self._run()

    def cancel(self) -> None:
        """Forget a call that waits."""
        self._waiting = False
        self._timer.stop()

    def _run(self) -> None:
        self._waiting = False
        self._timer.start()
        self._action()

    def _elapsed(self) -> None:
        if self._waiting:
            self._run()


class FrameThrottle(Throttle):
    """Calls `action` as often as the thread can afford: each frame, or eleven times a second.

    What a call costs is all that the thread computes until the next one, with the layout and the
    painting that follow. The thread is to be busy for `SHARE` of the time, however slow it is.
    """

    SHARE: Final = 0.09
    SHORTEST_MS: Final = 16
    LONGEST_MS: Final = 90
    """Text that comes more slowly is seen to jump: a line at a time at 200 tokens a second."""
    _NEW: Final = 0.125
    """How much the newest call counts: one that is dear must not make the text falter."""

    def __init__(
        self,
        action: Callable[[], None],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """`clock`: the seconds that the thread has computed."""
        super().__init__(action, self.LONGEST_MS, parent)
        self._clock = clock
        self._began = 0.0
        self._cost = self.LONGEST_MS / 1000 * self.SHARE
        """Of a call, in seconds."""

    @property
    def wait_ms(self) -> int:
        """How long the next call waits at least."""
        return self._timer.interval()

    def _run(self) -> None:
        now = self._clock()
        if self._waiting:  # else something else may have been done since the last call
            self._cost += self._NEW * (now - self._began - self._cost)
            wait = round(1000 * self._cost / self.SHARE)
            self._timer.setInterval(max(self.SHORTEST_MS, min(wait, self.LONGEST_MS)))
        self._began = now
        super()._run()

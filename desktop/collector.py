"""Python's collector of cycles, in the window's thread and when the window has time for it.

By itself it runs in whichever thread allocates: a timer or a widget that it frees in the engine's
thread crashes Qt. And it looks at everything that is alive, now and then, for as long as several
frames.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 250
_MIDDLE_EVERY: Final = 8
_WHOLE_EVERY: Final = 120
_WHOLE_AT_LAST: Final = 2400
"""Counted in `EVERY_MS`: 2 s, 30 s, and 10 min if the window never rests."""
_REST: Final = 0.02
"""The part of a core that a window takes at most in which nothing moves."""


class Collector(QObject):
    """From `start` until `stop` nothing else collects; what is alive at `start` stays.

    Modules, widgets and the connections between them are a hundred thousand objects and never
    garbage: reading them all was measured to hold the window up for 60 ms.
    """

    def __init__(
        self,
        is_busy: Callable[[], bool],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        """`is_busy`: something moves in the window, if only now and then; `clock`: the seconds
        that the window's thread has computed."""
        super().__init__(parent)
        self._is_busy = is_busy
        self._clock = clock
        self._spent = 0.0
        self._ticks = self._whole_at = 0
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Collect from now on."""
        gc.freeze()
        gc.disable()
        self._spent = self._clock()
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect(self) -> None:
        """Free young objects, now and then older ones, and all where the window rests."""
        self._ticks += 1
        since = self._ticks - self._whole_at
        due = since >= _WHOLE_AT_LAST or (since >= _WHOLE_EVERY and self._rests())
        if due and not self._is_busy():
            self._whole_at = self._ticks
            gc.collect()
        else:
            gc.collect(0 if self._ticks % _MIDDLE_EVERY else 1)
        self._spent = self._clock()

    def _rests(self) -> bool:
        return self._clock() - self._spent < _REST * EVERY_MS / 1000

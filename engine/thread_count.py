"""How many threads compute a pass: fewer while other programs want the cores.

The threads of a pass wait for each other at every step. If one of them has to wait for a core,
all do: with one of two cores taken, two threads are slower than one (docs/adr/0020).
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from engine.core_times import CoreTimes, core_times

_INTERVAL_SECONDS: Final = 0.5
"""From one look to the next, at least. A look takes about half a millisecond."""
_WAITED_CORES: Final = 0.3
"""Threads that wait on average, from which on there are too many. Undisturbed it is 0.04."""
_SPARE_CORES: Final = 0.7
"""Cores to spare, from which on one more thread has one."""


class ThreadCount:
    """One for all models of a session: they compute in turn, or share what there is."""

    def __init__(
        self,
        cores: int,
        read: Callable[[], CoreTimes | None] = core_times,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begins with `cores`, and never has more."""
        self._cores = cores
        self._now = cores
        self._read = read
        self._clock = clock
        self._seen: CoreTimes | None = None
        self._seen_at = clock()
        self._looking = threading.Lock()

    def of(self, most: int) -> int:
        """Threads for a pass that could use so many. Any thread may ask."""
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return min(most, self._now)

    def _look(self) -> None:
        now = self._clock()
        elapsed = now - self._seen_at
        if elapsed < _INTERVAL_SECONDS:
            return
        before, self._seen, self._seen_at = self._seen, self._read(), now
        if before is not None and self._seen is not None:
            self._adjust(
                (self._seen.waited - before.waited) / elapsed,
                (self._seen.spare - before.spare) / elapsed,
            )

    def _adjust(self, waiting: float, spare: float) -> None:
        """Mean numbers of our threads that waited, and of cores that nobody needed."""
        if spare >= _SPARE_CORES:
            self._now = min(self._now + round(spare), self._cores)
        elif waiting > _WAITED_CORES:
            self._now = max(self._now - max(round(waiting), 1), 1)

"""Notices that memory runs out, before the system swaps or ends programs."""

import time
from collections.abc import Callable
from typing import Final

from engine.language import tr
from engine.machine import available_memory, memory_limit

SENTENCE: Final = tr(
    "The reply is stopped, because memory is nearly full and the system may end"
    " programs. Close other programs or load with a shorter context, then "
    "answer again."
)
_LEAST_SHARE: Final = 0.02
_LEAST_BYTES: Final = 200_000_000
"""Weights in the page cache count as free: the system drops them first."""
_EVERY_SECONDS: Final = 1.0


class MemoryWatch:
    """Asks the system at most once a second, so it may be asked after every event."""

    def __init__(
        self,
        available: Callable[[], int] = available_memory,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._available = available
        self._clock = clock
        self._asked = -_EVERY_SECONDS
        # A small limit, of a control group say, must not stop every reply.
        self._least = min(_LEAST_BYTES, int(_LEAST_SHARE * memory_limit()))

    def is_short(self) -> bool:
        """Whether a reply had better stop; False where that was not looked at just now."""
        now = self._clock()
        if now - self._asked < _EVERY_SECONDS:
            return False
        self._asked = now
        return self._available() < self._least

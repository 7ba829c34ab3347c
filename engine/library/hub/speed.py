"""How fast bytes arrive, over the last few seconds."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

_WINDOW: Final = 5.0
_SPACING: Final = 0.1
_SHORTEST: Final = 0.5


class Speed:
    """Takes the number of bytes that are there, again and again, and knows how fast it grows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def saw(self, done: int) -> None:
        """`done` bytes are there now."""
        now = self._clock()
        if not self._seen or now - self._seen[-1][0] >= _SPACING:
            self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    def forget(self) -> None:
        """Begin anew, after a pause."""
        self._seen.clear()

    @property
    def bytes_per_second(self) -> float | None:
        """None until half a second has been seen."""
        if not self._seen:
            return None
        (first, before), (last, done) = self._seen[0], self._seen[-1]
        if last - first < _SHORTEST:
            return None
        return max(done - before, 0) / (last - first)

    def seconds_left(self, missing: int) -> float | None:
        """How long `missing` bytes take at this speed; None where nobody can say."""
        speed = self.bytes_per_second
        return missing / speed if speed else None

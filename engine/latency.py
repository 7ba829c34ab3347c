"""What a pass costs: measured, never modelled."""

import time
from bisect import bisect_left
from typing import Final

from engine.flat_batch import FlatBatch
from engine.ports import FloatRows, LogitModel

_NEW_WEIGHT: Final = 0.3
"""How much a new measurement counts against the running mean at its number of rows."""


class CostCurve:
    """Seconds per pass as a function of its rows: means at measured row counts, lines between."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}

    def observe(self, rows: int, seconds: float) -> None:
        """Add one measured pass."""
        known = self._seconds.get(rows)
        self._seconds[rows] = seconds if known is None else known + _NEW_WEIGHT * (seconds - known)

    @property
    def points(self) -> list[tuple[int, float]]:
        """Measured (rows, seconds), by rows."""
        return sorted(self._seconds.items())

    def seconds(self, rows: int) -> float | None:
        """Expected seconds of a pass with `rows` rows; None while nothing was measured.

        Beyond the measured range the nearest line goes on, but never below the nearest point.
        """
        points = self.points
        if not points:
            return None
        place = min(max(bisect_left(points, (rows, 0.0)), 1), len(points) - 1)
        if len(points) == 1:
            return points[0][1]
        (low, low_seconds), (high, high_seconds) = points[place - 1], points[place]
        slope = max(high_seconds - low_seconds, 0.0) / (high - low)
        if rows < low:
            return low_seconds
        return low_seconds + slope * (rows - low) if rows > low else low_seconds


class MeasuredModel:
    """A `LogitModel` that adds up the seconds of its native calls and keeps its cost curve."""

    def __init__(self, model: LogitModel) -> None:
        self._model = model
        self.curve = CostCurve()
        self.seconds = 0.0

    @property
    def vocabulary_size(self) -> int:
        """See `LogitModel`."""
        return self._model.vocabulary_size

    @property
    def context_length(self) -> int:
        """See `LogitModel`."""
        return self._model.context_length

    @property
    def max_rows(self) -> int:
        """See `LogitModel`."""
        return self._model.max_rows

    @property
    def slot_count(self) -> int:
        """See `LogitModel`."""
        return self._model.slot_count

    def decode(self, batch: FlatBatch) -> FloatRows:
        """See `LogitModel`. Passes in which every row wants logits enter the cost curve."""
        start = time.perf_counter()
        logits = self._model.decode(batch)
        seconds = time.perf_counter() - start
        self.seconds += seconds
        if bool(batch.wants_logits.all()):
            self.curve.observe(len(batch), seconds)
        return logits

    def fork(self, source: int, destination: int, length: int) -> None:
        """See `LogitModel`."""
        start = time.perf_counter()
        self._model.fork(source, destination, length)
        self.seconds += time.perf_counter() - start

    def keep_path(self, slot: int, length: int) -> None:
        """See `LogitModel`."""
        start = time.perf_counter()
        self._model.keep_path(slot, length)
        self.seconds += time.perf_counter() - start

    def close(self) -> None:
        """See `LogitModel`."""
        self._model.close()

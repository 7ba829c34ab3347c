"""What a pass costs: measured, never modelled."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.flat_batch import FlatBatch, run_batch
from engine.ports import FloatRows, LogitModel

_FASTER_WEIGHT: Final = 0.5
_SLOWER_WEIGHT: Final = 0.1
"""How much a new pass counts against the mean at its number of rows. A slow pass is more often
another program's doing than a fast one is luck."""
_LARGEST_JUMP: Final = 2.0
"""A pass counts as at most so many times the mean: one stall must not decide the next minutes."""


_SAME_COST: Final = 1.25
"""A known curve is trusted while its costs are within this factor of those measured now."""
_COMPARED: Final = 2
"""Sizes that are measured before a known curve is trusted. One row alone is bound by the memory,
many rows by the processor: on a shared machine one changed without the other by a factor of two."""
_READ_AT_ONCE: Final = 256
"""Rows of a pass that reads a text."""
_FAR: Final = 1 << 20
"""Rows at which the line beyond the largest measured pass ends."""


class CostCurve:
    """Seconds per pass as a function of its rows: means at measured row counts, lines between."""

    def __init__(self, points: Iterable[tuple[int, float]] = ()) -> None:
        self._seconds: dict[int, float] = dict(points)
        self._knots: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def observe(self, rows: int, seconds: float) -> None:
        """Add one measured pass."""
        known = self._seconds.get(rows, seconds)
        change = min(seconds, _LARGEST_JUMP * known) - known
        self._seconds[rows] = known + (_FASTER_WEIGHT if change < 0 else _SLOWER_WEIGHT) * change
        self._knots = None

    @property
    def points(self) -> list[tuple[int, float]]:
        """Measured (rows, seconds), by rows."""
        return sorted(self._seconds.items())

    def seconds(self, rows: int) -> float | None:
        """Expected seconds of a pass with `rows` rows; None while nothing was measured."""
        return float(np.interp(rows, *self._lines())) if self._seconds else None

    def up_to(self, rows: int) -> NDArray[np.float64]:
        """Expected seconds of passes with 1 ... `rows` rows, shape [rows]; needs a point."""
        return np.interp(np.arange(1, rows + 1), *self._lines())

    def reading(self, tokens: int) -> float:
        """Expected seconds to read so many tokens of a text; 0 while nothing was measured."""
        at_once = self.seconds(min(tokens, _READ_AT_ONCE)) or 0.0
        return at_once * max(tokens / _READ_AT_ONCE, 1.0)

    def _lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Row counts and seconds between which the curve is straight.

        A pass costs at most what one with more rows does: what was measured above that was
        disturbed. Beyond the largest pass the line through the last two goes on.
        """
        if self._knots is None:
            rows, measured = np.array(self.points, dtype=np.float64).T
            seconds = np.minimum.accumulate(measured[::-1])[::-1]
            slope = (seconds[-1] - seconds[-2]) / (rows[-1] - rows[-2]) if len(rows) > 1 else 0.0
            far = seconds[-1] + slope * (_FAR - rows[-1])
            self._knots = np.append(rows, _FAR), np.append(seconds, far)
        return self._knots

    def measured(self, rows: int) -> float | None:
        """Mean seconds of passes with exactly `rows` rows; None if there were none."""
        return self._seconds.get(rows)

    def agrees(self, known: "CostCurve") -> bool:
        """Whether `known` has all sizes that were measured here, at about the same costs."""
        return all(
            (before := known.measured(rows)) is not None
            and before / _SAME_COST < now < before * _SAME_COST
            for rows, now in self.points
        )

    def forget(self) -> None:
        """Start again, as after a warm-up."""
        self._seconds.clear()
        self._knots = None


def measure_costs(
    model: "MeasuredModel",
    sizes: Sequence[int],
    limit_seconds: float,
    known: CostCurve | None = None,
) -> None:
    """Fill the cost curve with passes of these sizes (rows), as far as the time goes.

    One pass warms up and does not count, unless it alone takes all the time: then the weights come
    from a slow disk, where warm and cold are the same. The `known` curve of an earlier start is
    taken over where its first sizes still cost about the same. The cache is empty afterwards.
    """
    start = time.perf_counter()
    _pass(model, sizes[0])
    if time.perf_counter() - start < limit_seconds:
        model.curve.forget()
        for count, rows in enumerate(sizes, start=1):
            if model.curve.points and time.perf_counter() - start > limit_seconds:
                break
            _pass(model, rows)
            compared = count == min(_COMPARED, len(sizes))
            if compared and known is not None and model.curve.agrees(known):
                model.curve = known
                break
    model.keep_path(0, 0)


def _pass(model: "MeasuredModel", rows: int) -> None:
    model.keep_path(0, 0)
    batch = run_batch([0] * rows, 0, logits=True)
    model.decode(replace(batch, wants_logits=np.ones(rows, dtype=np.bool_)))


class MeasuredModel:
    """A `LogitModel` that adds up the seconds of its native calls and keeps its cost curve."""

    def __init__(self, model: LogitModel) -> None:
        self._model = model
        self.curve = CostCurve()
        self.seconds = 0.0
        self.waiting_seconds = 0.0
        """Those of `seconds` in which the calling thread did not run."""

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
        before = self.seconds
        with self._timed():
            logits = self._model.decode(batch)
        if bool(batch.wants_logits.all()):
            self.curve.observe(len(batch), self.seconds - before)
        return logits

    def fork(self, source: int, destination: int, length: int) -> None:
        """See `LogitModel`."""
        with self._timed():
            self._model.fork(source, destination, length)

    def drop(self, slot: int) -> None:
        """See `LogitModel`."""
        with self._timed():
            self._model.drop(slot)

    def keep_path(self, slot: int, length: int) -> None:
        """See `LogitModel`."""
        with self._timed():
            self._model.keep_path(slot, length)

    def use_threads(self, count: int) -> None:
        """See `LogitModel`."""
        self._model.use_threads(count)

    def close(self) -> None:
        """See `LogitModel`."""
        self._model.close()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Adds the seconds of a native call that returns."""
        start, running = time.perf_counter(), time.thread_time()
        yield
        seconds = time.perf_counter() - start
        self.seconds += seconds
        self.waiting_seconds += max(seconds - (time.thread_time() - running), 0.0)

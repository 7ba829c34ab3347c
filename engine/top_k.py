"""The few best columns of a row of 150,000 logits, without sorting the row."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CHUNK: Final = 128
_SAFE: Final = 60.0
"""Exponentials of such numbers, and sums of 150,000 of them, are far from what a float32 holds."""


def top_indices(logits: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Indices of the `count` largest values of a 1-D row, best first, ties by index.

    The best `count` values lie in the chunks with the largest maxima (or in the tail). A chunk is
    a column of a matrix made of the row: so the maxima of all come from adding row to row, which
    takes a third of the time.
    """
    whole = len(logits) // _CHUNK * _CHUNK
    if count * _CHUNK >= whole:
        return _sorted(logits, np.arange(len(logits)), count)
    maxima = logits[:whole].reshape(_CHUNK, -1).max(axis=0)
    # Chunks that tie at the cut all stay: the smaller index may be in any of them.
    cut = np.partition(maxima, -count)[-count]
    chunks = np.flatnonzero(maxima >= cut)
    inside = (chunks + np.arange(0, whole, len(maxima))[:, None]).ravel()
    return _sorted(logits, np.concatenate((inside, np.arange(whole, len(logits)))), count)


def _sorted(
    logits: NDArray[np.float32], candidates: NDArray[np.intp], count: int
) -> NDArray[np.intp]:
    """The best of `candidates`, which ascend."""
    values = logits[candidates]
    if count < len(values):
        at_least_cut = values >= np.partition(values, -count)[-count]
        candidates, values = candidates[at_least_cut], values[at_least_cut]
    return candidates[np.argsort(-values, kind="stable")[:count]]


def log_sum_exp(logits: NDArray[np.float32], peak: np.float32 | None = None) -> float:
    """The logarithm of the softmax denominator of a 1-D row; its `peak` may be known."""
    if peak is None:
        peak = logits.max()
    if -_SAFE < peak < _SAFE:
        return float(np.log(np.exp(logits).sum()))
    shifted = logits - peak
    return float(peak + np.log(np.exp(shifted, out=shifted).sum()))

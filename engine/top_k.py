"""The few best columns of a row of 150,000 logits, without sorting the row."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_CHUNK: Final = 128


def top_indices(logits: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Indices of the `count` largest values of a 1-D row, best first, ties by index.

    The best `count` values lie in the chunks with the largest maxima (or in the tail).
    """
    whole = len(logits) // _CHUNK * _CHUNK
    if count * _CHUNK >= whole:
        return _sorted(logits, np.arange(len(logits)), count)
    maxima = logits[:whole].reshape(-1, _CHUNK).max(axis=1)
    # Chunks that tie at the cut all stay: the smaller index may be in any of them.
    cut = np.partition(maxima, -count)[-count]
    chunks = np.flatnonzero(maxima >= cut)
    inside = (chunks[:, None] * _CHUNK + np.arange(_CHUNK)).ravel()
    return _sorted(logits, np.concatenate((inside, np.arange(whole, len(logits)))), count)


def _sorted(
    logits: NDArray[np.float32], candidates: NDArray[np.intp], count: int
) -> NDArray[np.intp]:
    values = logits[candidates]
    if count < len(values):
        at_least_cut = values >= np.partition(values, -count)[-count]
        candidates, values = candidates[at_least_cut], values[at_least_cut]
    return candidates[np.argsort(-values, kind="stable")[:count]]


def log_sum_exp(logits: NDArray[np.float32]) -> float:
    """The logarithm of the softmax denominator of a 1-D row."""
    peak = logits.max()
    shifted = logits - peak
    return float(peak + np.log(np.exp(shifted, out=shifted).sum()))

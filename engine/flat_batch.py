"""The rows of one pass, as every `LogitModel` takes them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.draft_tree import IntArray


@dataclass(frozen=True, eq=False)
class FlatBatch:
    """Rows of one pass; arrays of shape [rows].

    `slot_start` and `slot_stop`: the row belongs to slots start .. stop - 1.
    """

    token: IntArray
    position: IntArray
    slot_start: IntArray
    slot_stop: IntArray
    wants_logits: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.token)

    @property
    def slots(self) -> int:
        """One more than the highest slot in use."""
        return int(self.slot_stop.max(initial=0))


def run_batch(tokens: Sequence[int], position: int, *, logits: bool) -> FlatBatch:
    """Consecutive tokens on slot 0; only the last may want logits."""
    count = len(tokens)
    wants_logits = np.zeros(count, dtype=np.bool_)
    wants_logits[-1:] = logits
    return FlatBatch(
        token=np.asarray(tokens, dtype=np.int32),
        position=np.arange(position, position + count, dtype=np.int32),
        slot_start=np.zeros(count, dtype=np.int32),
        slot_stop=np.ones(count, dtype=np.int32),
        wants_logits=wants_logits,
    )


def frontier_batch(tokens: IntArray, positions: IntArray, slots: IntArray) -> FlatBatch:
    """Unrelated rows, one slot each, all wanting logits: a level of draft growth."""
    return FlatBatch(
        token=tokens,
        position=positions,
        slot_start=slots,
        slot_stop=slots + np.int32(1),
        wants_logits=np.ones(len(tokens), dtype=np.bool_),
    )

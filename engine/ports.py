"""What the pure stages need from a model: implemented by `engine.llama` and by the tests' fakes.

A *slot* is one llama.cpp sequence id: a view on the KV cache. A KV cell may belong to many slots.
The rules that every implementation keeps, and that the fakes check:

- the rows of a slot have consecutive positions, starting where the slot's cells end;
- parents come before children in a batch;
- slots that share a row of a batch hold the same cells before it (llama-batch.cpp: "coupled").
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.flat_batch import FlatBatch

FloatRows: TypeAlias = NDArray[np.float32]
"""Logits, shape [rows that want logits, vocabulary]."""


class LogitModel(Protocol):
    """A causal language model with a KV cache of numbered slots. One thread at a time."""

    @property
    def vocabulary_size(self) -> int:
        """Columns of a logits row."""

    @property
    def context_length(self) -> int:
        """KV cells: prefix and tree together."""

    @property
    def max_rows(self) -> int:
        """Rows that one pass takes without reading the weights twice."""

    @property
    def slot_count(self) -> int:
        """Slots 0 .. slot_count - 1 exist."""

    def decode(self, batch: FlatBatch) -> FloatRows:
        """Run one pass and return the wanted logits in batch order, valid until the next pass.

        Raises `DecodeFailed` (its subclass `ContextFull` where no cell is free).
        """

    def fork(self, source: int, destination: int, length: int) -> None:
        """Let the empty slot `destination` share the first `length` cells of `source`."""

    def drop(self, slot: int) -> None:
        """Empty one slot; cells that other slots share stay."""

    def keep_path(self, slot: int, length: int) -> None:
        """Keep only the first `length` cells of `slot`, as slot 0; every other slot is empty."""

    def use_threads(self, count: int) -> None:
        """Compute the next passes with so many threads at most."""

    def close(self) -> None:
        """Free native memory. Calling it twice is harmless."""


class SlotFiles(Protocol):
    """Brings slot 0 of a KV cache to the disk and back, with the tokens that it holds."""

    def slot_bytes(self) -> int:
        """About how large the file would be now."""

    def save_slot(self, path: Path, tokens: Sequence[int]) -> None:
        """Write slot 0, which holds `tokens`. Raises `OSError`."""

    def load_slot(self, path: Path) -> list[int] | None:
        """Fill the empty cache from a file of `save_slot`; None where that fails.

        The file has to be whole and of this model, this kind of cache and this library: what else
        it may be is found out before.
        """


class Vocab(Protocol):
    """Token ids to bytes and back."""

    @property
    def size(self) -> int:
        """Number of tokens."""

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Token ids of `text`. With `special`, the texts of control tokens become those tokens."""

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; b"" for control tokens."""

    def is_end(self, token: int) -> bool:
        """Whether the token ends a reply (EOS, EOT, ...)."""

    @property
    def control_texts(self) -> tuple[str, ...]:
        """Texts of the control tokens, as a template writes them."""

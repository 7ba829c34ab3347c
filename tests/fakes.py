"""Fakes that implement `engine.ports` and fail on every violation of the slot rules."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import ContextFull
from engine.flat_batch import FlatBatch
from engine.ports import FloatRows


@dataclass
class Cell:
    """One KV cell, seen by `slots`."""

    token: int
    position: int
    slots: set[int]


@dataclass
class FakeModel:
    """Logits are a pure function of the tokens that a row can see through its slot.

    `noise` blends in the logits of another seed: a draft that mostly agrees with the target.
    """

    vocabulary_size: int = 12
    context_length: int = 200
    max_rows: int = 64
    slot_count: int = 16
    seed: int = 0
    noise: float = 0.0
    noise_seed: int = 1
    sharpness: float = 3.0
    cells: list[Cell] = field(default_factory=list)
    decoded: list[tuple[int, ...]] = field(default_factory=list)
    """Every row ever decoded, as the tokens up to it: shows what was computed twice."""
    passes: int = 0
    closed: bool = False
    loads: int = 0
    """Files read by `load_slot`."""
    refuses_files: bool = False
    fail_after: int | None = None
    """Raise `ContextFull` in the pass after so many."""

    def decode(self, batch: FlatBatch) -> FloatRows:
        assert not self.closed
        assert 0 < len(batch) <= self.max_rows, "rows"
        assert batch.slots <= self.slot_count, "slots"
        if self.passes == self.fail_after or len(self.cells) + len(batch) > self.context_length:
            raise ContextFull("no room")
        self.passes += 1
        self._check_coupled(batch)
        rows = []
        for token, position, start, stop, wanted in zip(
            batch.token.tolist(),
            batch.position.tolist(),
            batch.slot_start.tolist(),
            batch.slot_stop.tolist(),
            batch.wants_logits.tolist(),
            strict=True,
        ):
            rows += self._decode_row(token, position, range(start, stop), wanted=wanted)
        return np.array(rows, dtype=np.float32).reshape(-1, self.vocabulary_size)

    def _decode_row(
        self, token: int, position: int, slots: range, *, wanted: bool
    ) -> list[NDArray[np.float64]]:
        assert 0 <= token < self.vocabulary_size, "token"
        assert slots, "a row without a slot"
        for slot in slots:
            held = [cell.position for cell in self.cells if slot in cell.slots]
            assert sorted(held) == list(range(position)), f"slot {slot}: {held} before {position}"
        self.cells.append(Cell(token, position, set(slots)))
        context = self.seen(slots.start)
        self.decoded.append(context)
        return [self.logits_after(context)] if wanted else []

    def _check_coupled(self, batch: FlatBatch) -> None:
        """llama-batch.cpp: slots that share a row must hold the same cells before the batch."""
        for start, stop in zip(batch.slot_start.tolist(), batch.slot_stop.tolist(), strict=True):
            for slot in range(start + 1, stop):
                assert self.seen(slot) == self.seen(start), f"slots {start}, {slot} diverged"

    def seen(self, slot: int) -> tuple[int, ...]:
        """Tokens of a slot by position."""
        cells = sorted((c for c in self.cells if slot in c.slots), key=lambda c: c.position)
        return tuple(cell.token for cell in cells)

    def logits_after(self, context: Sequence[int]) -> NDArray[np.float64]:
        """Logits of the token after `context`."""
        own = self._pseudo_random(self.seed, context)
        other = self._pseudo_random(self.noise_seed, context)
        return self.sharpness * ((1 - self.noise) * own + self.noise * other)

    def _pseudo_random(self, seed: int, context: Sequence[int]) -> NDArray[np.float64]:
        digest = hashlib.blake2b(f"{seed}:{list(context)}".encode(), digest_size=8).digest()
        return np.random.default_rng(int.from_bytes(digest)).normal(size=self.vocabulary_size)

    def fork(self, source: int, destination: int, length: int) -> None:
        assert not self.seen(destination), f"slot {destination} is in use"
        assert len(self.seen(source)) >= length, f"slot {source} is shorter than {length}"
        for cell in self.cells:
            if source in cell.slots and cell.position < length:
                cell.slots.add(destination)

    def drop(self, slot: int) -> None:
        for cell in self.cells:
            cell.slots.discard(slot)
        self.cells = [cell for cell in self.cells if cell.slots]

    def keep_path(self, slot: int, length: int) -> None:
        assert len(self.seen(slot)) >= length, f"slot {slot} is shorter than {length}"
        self.cells = [c for c in self.cells if slot in c.slots and c.position < length]
        for cell in self.cells:
            cell.slots = {0}

    def use_threads(self, count: int) -> None:
        assert count > 0

    def slot_bytes(self) -> int:
        return 12 + 8 * len(self.cells)

    def save_slot(self, path: Path, tokens: Sequence[int]) -> None:
        """In llama.cpp's form: a head of 12 bytes, the tokens, the cells."""
        assert self.seen(0) == tuple(tokens)
        cells = np.array(tokens, dtype=np.int32).tobytes()
        path.write_bytes(struct.pack("<4sII", b"qsgg", 2, len(tokens)) + cells + cells)

    def load_slot(self, path: Path) -> list[int] | None:
        assert not self.cells, "the cache is not empty"
        self.loads += 1
        if self.refuses_files:
            self.cells.append(Cell(0, 0, {0}))
            return None
        content = path.read_bytes()
        (count,) = struct.unpack_from("<8xI", content)
        tokens: list[int] = np.frombuffer(content, np.int32, count, 12).tolist()
        self.cells = [Cell(token, place, {0}) for place, token in enumerate(tokens)]
        return tokens

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True)
class FakeVocab:
    """Bytes as tokens, then the control tokens `<|im_start|>` and `<|im_end|>` (an end)."""

    size: int = 258
    control_texts: tuple[str, ...] = ("<|im_start|>", "<|im_end|>")

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        tokens: list[int] = []
        while text:
            control = [t for t in self.control_texts if special and text.startswith(t)]
            if control:
                tokens.append(256 + self.control_texts.index(control[0]))
                text = text[len(control[0]) :]
            else:
                tokens.extend(text[0].encode("utf-8", errors="replace"))
                text = text[1:]
        return tokens

    def piece(self, token: int) -> bytes:
        return bytes([token]) if token < 256 else b""

    def is_end(self, token: int) -> bool:
        return token == 257

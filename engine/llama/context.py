"""A KV cache over a loaded model: `LogitModel` on llama.cpp's public API."""

import ctypes
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.config import KvType
from engine.errors import Cancelled, ContextFull, DecodeFailed, ModelLoadFailed
from engine.flat_batch import FlatBatch
from engine.language import tr, whole
from engine.llama.library import api, take_recent_errors
from engine.llama.model import LlamaModel
from engine.ports import FloatRows

MAX_SLOTS: Final = 256
"""LLAMA_MAX_SEQ of this build (llama-cparams.h): a tree has at most this many leaves."""

_GGML_TYPES: Final = {KvType.F16: 1, KvType.Q8_0: 8, KvType.Q4_0: 2}
"""`enum ggml_type`."""
_KV_TYPE_RULES: Final = ("quantized V cache requires", "block size")
"""What llama.cpp complains of where a model's attention allows no quantized KV cache."""
_LOGITS_OFF_HINT: Final = tr("Choose a shorter context or a smaller budget.")

ThreadsNow = Callable[[int], int]
"""How many of so many threads may compute the next pass."""


@dataclass(frozen=True, kw_only=True)
class ContextSize:
    """What a context reserves memory for."""

    cells: int
    """KV cells: prefix and tree together."""
    rows: int
    """Rows of one pass."""
    logit_rows: int
    """Rows of one pass that want logits."""
    slots: int
    threads: int
    """At most."""


def all_threads(most: int) -> int:
    """A context that need not share the cores."""
    return most


class LlamaContext:
    """See `engine.ports.LogitModel` and `engine.ports.SlotFiles`.

    One KV buffer for all slots (`kv_unified`), so that sharing a prefix is only a mark on its
    cells; sliding-window layers keep all cells (`swa_full`), so that a path can be cut anywhere.
    """

    def __init__(
        self,
        model: LlamaModel,
        size: ContextSize,
        threads_now: ThreadsNow = all_threads,
    ) -> None:
        params = api.llama_context_default_params()
        params.n_ctx = size.cells
        params.n_batch = params.n_ubatch = size.rows
        params.n_seq_max = min(size.slots, MAX_SLOTS)
        # llama.cpp aborts where the outputs are fewer than the slots (llama-context.cpp).
        params.n_outputs_max = max(size.logit_rows, params.n_seq_max)
        params.n_threads = params.n_threads_batch = size.threads
        # llama.cpp turns flash attention on by itself where quantized values need it.
        params.type_k = params.type_v = _GGML_TYPES[model.kv_type]
        params.kv_unified = True
        params.swa_full = True
        take_recent_errors()
        self._handle = api.llama_init_from_model(model.handle, params)
        if not self._handle:
            raise _refusal(model.kv_type, size.cells, take_recent_errors())
        self._threads = self._threads_set = size.threads
        self._threads_now = threads_now
        self._model = model
        self._vocabulary_size = model.vocab.size
        self._cells = int(api.llama_n_ctx(self._handle))
        self._batch = _NativeBatch(size.rows, min(size.slots, MAX_SLOTS))
        model.contexts.append(self)

    @property
    def vocabulary_size(self) -> int:
        """See `LogitModel`."""
        return self._vocabulary_size

    @property
    def context_length(self) -> int:
        """See `LogitModel`."""
        return self._cells

    @property
    def max_rows(self) -> int:
        """See `LogitModel`."""
        return self._batch.rows

    @property
    def slot_count(self) -> int:
        """See `LogitModel`."""
        return self._batch.slots

    def decode(self, batch: FlatBatch) -> FloatRows:
        """See `LogitModel`. The rows are llama.cpp's own output buffer."""
        self._set_threads()
        code = api.llama_decode(self._open_handle(), self._batch.fill(batch))
        if code != 0:
            _raise_for(code)
        wanted = int(np.count_nonzero(batch.wants_logits))
        if not wanted:
            return np.empty((0, self._vocabulary_size), dtype=np.float32)
        logits = api.llama_get_logits(self._handle)
        return np.ctypeslib.as_array(logits, shape=(wanted, self._vocabulary_size))

    def fork(self, source: int, destination: int, length: int) -> None:
        """See `LogitModel`."""
        api.llama_memory_seq_cp(self._memory(), source, destination, 0, length)

    def drop(self, slot: int) -> None:
        """See `LogitModel`."""
        api.llama_memory_seq_rm(self._memory(), slot, -1, -1)

    def keep_path(self, slot: int, length: int) -> None:
        """See `LogitModel`."""
        memory = self._memory()
        api.llama_memory_seq_keep(memory, slot)
        api.llama_memory_seq_rm(memory, slot, length, -1)
        if slot != 0:
            api.llama_memory_seq_cp(memory, slot, 0, 0, length)
            api.llama_memory_seq_keep(memory, 0)

    def use_threads(self, count: int) -> None:
        """See `LogitModel`."""
        self._threads = count

    def slot_bytes(self) -> int:
        """See `SlotFiles`."""
        return int(api.llama_state_seq_get_size(self._open_handle(), 0))

    def save_slot(self, path: Path, tokens: Sequence[int]) -> None:
        """See `SlotFiles`. llama.cpp writes the tokens first, then the cells."""
        native = (ctypes.c_int32 * len(tokens))(*tokens)
        written = api.llama_state_seq_save_file(
            self._open_handle(), os.fsencode(path), 0, native, len(tokens)
        )
        if not written or path.stat().st_size != written:
            raise OSError("llama.cpp cannot write it")

    def load_slot(self, path: Path) -> list[int] | None:
        """See `SlotFiles`."""
        tokens, count = (ctypes.c_int32 * self._cells)(), ctypes.c_size_t()
        read = api.llama_state_seq_load_file(
            self._open_handle(), os.fsencode(path), 0, tokens, self._cells, ctypes.byref(count)
        )
        return list(tokens[: count.value]) if read else None

    def _open_handle(self) -> int:
        """llama.cpp's pointer; a NULL one would end the process."""
        if self._handle is None:
            raise DecodeFailed(tr("The model is not loaded."), hint=tr("Load it again."))
        return int(self._handle)

    def _set_threads(self) -> None:
        count = self._threads_now(self._threads)
        if count != self._threads_set:
            api.llama_set_n_threads(self._open_handle(), count, count)
            self._threads_set = count

    def _memory(self) -> int:
        return int(api.llama_get_memory(self._open_handle()))

    def close(self) -> None:
        """See `LogitModel`."""
        if self._handle is not None:
            api.llama_free(self._handle)
            self._handle = None
            self._model.contexts.remove(self)


class _NativeBatch:
    """The arrays of a `llama_batch`, written in place.

    A row's slots are consecutive, so its list of sequence ids is a window on 0, 1, 2, ...: a
    pointer into one constant array.
    """

    def __init__(self, rows: int, slots: int) -> None:
        self.rows = rows
        self.slots = slots
        self._token = np.zeros(rows, dtype=np.int32)
        self._position = np.zeros(rows, dtype=np.int32)
        self._slot_count = np.zeros(rows, dtype=np.int32)
        self._wants_logits = np.zeros(rows, dtype=np.int8)
        self._slot_ids = np.arange(slots, dtype=np.int32)
        self._slot_pointers = np.zeros(rows + 1, dtype=np.uintp)
        # The binding declares these fields as arrays; they are pointers.
        native: Any = api.llama_batch()
        native.token = _pointer(self._token, ctypes.c_int32)
        native.pos = _pointer(self._position, ctypes.c_int32)
        native.n_seq_id = _pointer(self._slot_count, ctypes.c_int32)
        native.seq_id = _pointer(self._slot_pointers, ctypes.POINTER(ctypes.c_int32))
        native.logits = _pointer(self._wants_logits, ctypes.c_int8)
        self._native = native

    def fill(self, batch: FlatBatch) -> object:
        """Write the rows; returns the `llama_batch`, valid until the next call."""
        count = len(batch)
        if not 0 < count <= self.rows or batch.slots > self.slots:
            raise ValueError(f"{count} rows on {batch.slots} slots, of {self.rows}, {self.slots}")
        self._token[:count] = batch.token
        self._position[:count] = batch.position
        self._slot_count[:count] = batch.slot_stop - batch.slot_start
        self._wants_logits[:count] = batch.wants_logits
        first = self._slot_ids.ctypes.data
        self._slot_pointers[:count] = first + batch.slot_start.astype(np.uintp) * 4
        self._native.n_tokens = count
        return self._native


def _pointer(array: NDArray[Any], kind: type) -> object:
    return array.ctypes.data_as(ctypes.POINTER(kind))


def _refusal(kv_type: KvType, cells: int, errors: str) -> ModelLoadFailed:
    """Why `llama_init_from_model` gave no context: its rules for quantized caches, or memory."""
    if any(rule in errors for rule in _KV_TYPE_RULES):
        return ModelLoadFailed(
            tr("This model cannot hold its KV cache in {kv_type}.").format(kv_type=kv_type),
            hint=tr("Choose f16 for it."),
            detail=errors,
        )
    return ModelLoadFailed(
        tr("There is not enough memory for a context of {cells} tokens.").format(
            cells=whole(cells)
        ),
        hint=_LOGITS_OFF_HINT,
        detail=errors,
    )


def _raise_for(code: int) -> None:
    """`llama_decode`'s return codes (llama.h), once."""
    if code == 1:
        raise ContextFull(tr("The context has no room for the next words."), hint=_LOGITS_OFF_HINT)
    if code == 2:  # noqa: PLR2004 - llama.h: aborted by the callback
        raise Cancelled
    raise DecodeFailed(
        tr("llama.cpp could not compute the next words."),
        hint=tr("Send the message again; if it fails again, load the model again."),
        detail=f"llama_decode returned {code}. {take_recent_errors()}",
    )

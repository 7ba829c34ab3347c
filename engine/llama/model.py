"""A GGUF file loaded by llama.cpp: its weights, and its vocabulary as a `Vocab`."""

import ctypes
import os
from collections.abc import Callable
from functools import cached_property
from typing import Final, Protocol

from engine.cancel import CancelToken
from engine.config import ALL_LAYERS, KvType, ModelConfig, Placement
from engine.errors import Cancelled, ModelLoadFailed
from engine.language import tr
from engine.library.printable import shown_name
from engine.llama.devices import cpu_buffer_type, find_devices
from engine.llama.library import api, initialize, log, take_recent_errors
from engine.machine import allow_locked_memory
from engine.ports import SlotFiles

_MMAP: Final = 1
_LOCKED: Final = 2
"""`llama_load_mode`: map the file, which loads fastest and is what streaming needs; or read it into
memory that the system may not swap out, where it allows that."""

_NOT_LOCKED: Final = "failed to mlock"
"""What llama.cpp then complains of; it goes on."""
_NO_BOS: Final = False
"""`add_special` of llama_tokenize."""


class OpenContext(SlotFiles, Protocol):
    """A KV cache over a model's weights."""

    def close(self) -> None:
        """Free it."""


class LlamaModel:
    """Loaded weights, and the KV caches that are open over them."""

    def __init__(
        self,
        config: ModelConfig,
        on_progress: Callable[[float], None],
        cancel: CancelToken,
        *,
        kv_type: KvType = KvType.F16,
    ) -> None:
        """Load the file. Raises `ModelLoadFailed`, `DeviceUnavailable` or `Cancelled`.

        The file's header must have been checked: llama.cpp aborts the process on some bad ones.
        `kv_type` is how the contexts of this model hold their numbers.
        """
        initialize()
        self.config = config
        self.kv_type = kv_type
        self.contexts: list[OpenContext] = []
        params = api.llama_model_default_params()
        params.load_mode = _LOCKED if config.placement.in_memory else _MMAP
        params.use_extra_bufts = not config.placement.streamed
        params.n_gpu_layers = _layers_on_devices(config.placement)
        # All stay referenced until the load returns: llama.cpp keeps only pointers.
        devices = _device_array(config.placement.devices)
        params.devices = ctypes.cast(devices, ctypes.c_void_p) if devices else None
        if config.placement.layers_per_device:
            params.tensor_split = _shares(config.placement.layers_per_device)
        overrides = _experts_in_ram(config.placement.cpu_experts)
        params.tensor_buft_overrides = ctypes.cast(overrides, ctypes.c_void_p)
        params.progress_callback = _progress_callback(on_progress, cancel)
        if config.placement.in_memory:
            allow_locked_memory()
        take_recent_errors()
        self._handle = api.llama_model_load_from_file(os.fsencode(config.path), params)
        if not self._handle:
            if cancel.cancelled:
                raise Cancelled
            raise ModelLoadFailed(
                tr("llama.cpp cannot load {name}.").format(name=shown_name(config.path)),
                hint=tr("Free some memory, or choose a smaller quantization."),
                detail=take_recent_errors(),
            )
        if config.placement.in_memory and _NOT_LOCKED in take_recent_errors():
            log.warning(
                "%s is in memory but not locked there: the system allows no more locked memory "
                "(ulimit -l), and may swap the model out while another one is streamed.",
                shown_name(config.path),
            )
        self.vocab = LlamaVocab(api.llama_model_get_vocab(self._handle))

    @property
    def handle(self) -> int:
        """llama.cpp's pointer."""
        if self._handle is None:
            raise RuntimeError("the model is closed")
        return int(self._handle)

    @property
    def trained_context(self) -> int:
        """Positions the model was trained for."""
        return int(api.llama_model_n_ctx_train(self.handle))

    @property
    def chat_template(self) -> str | None:
        """The jinja source in the file, if any."""
        source = api.llama_model_chat_template(self.handle, None)
        return source.decode("utf-8", "replace") if source else None

    @property
    def can_take_back(self) -> bool:
        """Whether the KV cache can drop single positions, as a tree needs it.

        Recurrent and hybrid models keep a running state instead.
        """
        return not (
            api.llama_model_is_recurrent(self.handle) or api.llama_model_is_hybrid(self.handle)
        )

    @property
    def has_window(self) -> bool:
        """Whether some layers see only the latest tokens: a saved slot has no more of them."""
        return int(api.llama_model_n_swa(self.handle)) > 0

    def close(self) -> None:
        """Free the weights; first the KV caches, which llama.cpp would read them for."""
        for context in [*self.contexts]:
            context.close()
        if self._handle is not None:
            api.llama_model_free(self._handle)
            self._handle = None


def _device_array(names: tuple[str, ...] | None) -> ctypes.Array[ctypes.c_void_p] | None:
    """NULL-terminated handles; no names means no device but the CPU; None means all."""
    if names is None:
        return None
    handles = [device.handle for device in find_devices(names)]
    return (ctypes.c_void_p * (len(handles) + 1))(*handles, None)


def _layers_on_devices(placement: Placement) -> int:
    if placement.layers_per_device:
        return sum(placement.layers_per_device)
    return ALL_LAYERS if placement.gpu_layers is None else placement.gpu_layers


def _shares(layers: tuple[int, ...]) -> ctypes.Array[ctypes.c_float]:
    """llama.cpp divides in proportion; counts that add up to all layers come out as they are."""
    return (ctypes.c_float * int(api.LLAMA_MAX_DEVICES))(*layers)


_EXPERTS: Final = rb"^blk\.%d\.ffn_(up|down|gate|gate_up)_(ch|)exps"


class _Override(ctypes.Structure):
    """`struct llama_model_tensor_buft_override`; the binding leaves it out."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p))


def _experts_in_ram(layers: int) -> "ctypes.Array[_Override]":
    """NULL-terminated: the first `layers` layers' expert tensors go to the CPU."""
    ram = cpu_buffer_type()
    patterns = (
        rb"^blk\.%d\.ffn_(up|down|gate|gate_up)_(ch|)exps" % layer for layer in range(layers)
    )
    overrides = [_Override(pattern, ram) for pattern in patterns]
    return (_Override * (layers + 1))(*overrides)


def _progress_callback(
    on_progress: Callable[[float], None], cancel: CancelToken
) -> "ctypes._FuncPointer":
    def report(fraction: float, _user_data: object) -> bool:
        on_progress(fraction)
        return not cancel.cancelled

    return api.llama_progress_callback(report)


class LlamaVocab:
    """See `engine.ports.Vocab`. Valid while its model is open."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._pieces: dict[int, bytes] = {}

    @cached_property
    def size(self) -> int:
        """See `Vocab`."""
        return int(api.llama_vocab_n_tokens(self._handle))

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """See `Vocab`. Never adds BOS: chat templates write it themselves."""
        data = text.encode("utf-8", errors="replace")
        room = len(data) + 8
        while True:
            buffer = (ctypes.c_int32 * room)()
            count = api.llama_tokenize(
                self._handle, data, len(data), buffer, room, _NO_BOS, special
            )
            if count >= 0:
                return list(buffer[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """See `Vocab`."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._render(token, special=False)
        return known

    def is_end(self, token: int) -> bool:
        """See `Vocab`."""
        return token in self.ends

    @cached_property
    def ends(self) -> frozenset[int]:
        """All tokens that end a reply."""
        is_eog, vocab = api.llama_vocab_is_eog, self._handle
        return frozenset(token for token in range(self.size) if is_eog(vocab, token))

    @cached_property
    def control_texts(self) -> tuple[str, ...]:
        """See `Vocab`."""
        is_control, vocab = api.llama_vocab_is_control, self._handle
        control = [token for token in range(self.size) if is_control(vocab, token)]
        texts = (self._render(token, special=True).decode("utf-8", "replace") for token in control)
        return tuple(text for text in texts if text)

    @cached_property
    def bos_text(self) -> str:
        """The text of the begin-of-sequence token for templates; "" where there is none."""
        return self._control_text(api.llama_vocab_bos(self._handle))

    @cached_property
    def eos_text(self) -> str:
        """The text of the end-of-sequence token for templates; "" where there is none."""
        return self._control_text(api.llama_vocab_eos(self._handle))

    @cached_property
    def bos(self) -> int | None:
        """The begin-of-sequence token, where the model wants one before every prompt."""
        wanted = api.llama_vocab_get_add_bos(self._handle)
        return int(api.llama_vocab_bos(self._handle)) if wanted else None

    def _control_text(self, token: int) -> str:
        return self._render(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def _render(self, token: int, *, special: bool) -> bytes:
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = api.llama_token_to_piece(self._handle, token, buffer, room, 0, special)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

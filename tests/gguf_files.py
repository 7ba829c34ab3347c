"""Writes small GGUF files, good ones and bad ones."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

ALIGNMENT: Final = 32
F32: Final = 0
F16: Final = 1
Q4_0: Final = 2
IQ1_S: Final = 19
I32: Final = 26
_BYTES_PER_BLOCK: Final = {F32: (1, 4), F16: (1, 2), Q4_0: (32, 18), IQ1_S: (256, 50), I32: (1, 4)}
_DTYPE_KINDS: Final = {"u1": 0, "i1": 1, "u2": 2, "i2": 3, "u4": 4, "i4": 5, "f4": 6, "u8": 10}
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class Raw:
    """A metadata value by its type number and its bytes, for what a good file never holds."""

    kind: int
    body: bytes


Stored = bool | int | float | str | Sequence[str] | Sequence[bytes] | NDArray[np.generic] | Raw


@dataclass(frozen=True)
class Tensor:
    """A tensor of zeros. `offset` None puts it where it belongs."""

    name: str
    shape: tuple[int, ...]
    kind: int = F32
    offset: int | None = None

    @property
    def size(self) -> int:
        block, block_bytes = _BYTES_PER_BLOCK.get(self.kind, (1, 4))
        elements = 1
        for extent in self.shape:
            elements *= extent
        return elements // block * block_bytes


TOKENS: Final = ("<unk>", "<s>", "</s>", "[PAD3]", "!", "the", "\u0120the", "\u010a", "a", "b")
CHAT_METADATA: Final[Mapping[str, Stored]] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "general.license": "apache-2.0",
    "general.file_type": 15,
    "llama.block_count": 2,
    "llama.context_length": 128,
    "llama.embedding_length": 32,
    "llama.feed_forward_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "llama.rope.dimension_count": 8,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "qwen2",
    "tokenizer.ggml.tokens": TOKENS,
    "tokenizer.ggml.token_type": np.ones(len(TOKENS), np.int32),
    "tokenizer.ggml.merges": ["t h", "th e"],
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.add_bos_token": False,
    "tokenizer.chat_template": "{{ messages }}",
}
"""The header of a chat model that has nothing wrong with it."""
CHAT_TENSORS: Final = (
    Tensor("token_embd.weight", (32, len(TOKENS)), Q4_0),
    Tensor("blk.0.attn_norm.weight", (32,)),
    Tensor("output.weight", (32, len(TOKENS)), F16),
)


def write_gguf(
    path: Path,
    metadata: Mapping[str, Stored] = CHAT_METADATA,
    tensors: Sequence[Tensor] = CHAT_TENSORS,
) -> Path:
    """Write a GGUF v3 file and return its path; without arguments, a tiny chat model."""
    path.write_bytes(gguf_bytes(metadata, tensors))
    return path


def write_chat_model(path: Path, **changes: Stored | None) -> Path:
    """A tiny chat model with keys changed: `__` stands for a dot, None leaves the key out."""
    return write_gguf(path, chat_metadata(**changes))


def chat_metadata(**changes: Stored | None) -> dict[str, Stored]:
    """`CHAT_METADATA` with keys changed as in `write_chat_model`."""
    named = {key.replace("__", "."): value for key, value in changes.items()}
    changed = {**CHAT_METADATA, **named}
    return {key: value for key, value in changed.items() if value is not None}


def gguf_bytes(
    metadata: Mapping[str, Stored] = CHAT_METADATA,
    tensors: Sequence[Tensor] = CHAT_TENSORS,
    *,
    version: int = 3,
    alignment: int = ALIGNMENT,
) -> bytes:
    """The content of a GGUF file."""
    parts = [b"GGUF", struct.pack("<IQQ", version, len(tensors), len(metadata))]
    parts += [text_bytes(key) + _value_bytes(value) for key, value in metadata.items()]
    data = b""
    for tensor in tensors:
        offset = len(data) if tensor.offset is None else tensor.offset
        parts.append(_tensor_bytes(tensor, offset))
        data += bytes(_padded(tensor.size, alignment))
    header = b"".join(parts)
    return header + bytes(_padded(len(header), alignment) - len(header)) + data


def text_bytes(text: str | bytes) -> bytes:
    """A GGUF string: its length, then its bytes."""
    body = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(body)) + body


def _tensor_bytes(tensor: Tensor, offset: int) -> bytes:
    dimensions = len(tensor.shape)
    layout = struct.pack(f"<I{dimensions}QIQ", dimensions, *tensor.shape, tensor.kind, offset)
    return text_bytes(tensor.name) + layout


def _value_bytes(value: Stored) -> bytes:
    if isinstance(value, Raw):
        return struct.pack("<I", value.kind) + value.body
    if isinstance(value, bool | int | float):
        return _scalar_bytes(value)
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + text_bytes(value)
    if isinstance(value, np.ndarray):
        kind = _DTYPE_KINDS[value.dtype.str[1:]]
        return struct.pack("<IIQ", _ARRAY, kind, len(value)) + value.tobytes()
    texts = b"".join(text_bytes(item) for item in value)
    return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + texts


def _scalar_bytes(value: int | float) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    return struct.pack("<Ii", 5, value) if value < 0 else struct.pack("<II", 4, value)


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment

"""The GGUF format in Python values: types, tensors and a header that has been read."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

_LENGTH_PREFIX: Final = 8


class HeaderFault(Exception):
    """What is wrong with a file: the end of a sentence that begins with the file's name."""

    def __init__(self, predicate: str, hint: str = "") -> None:
        super().__init__(predicate)
        self.hint = hint


class CutOff(HeaderFault):
    """The file is shorter than its header says: most often a download that was not finished."""


class ValueType(IntEnum):
    """How a metadata value is stored."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


class TensorType(NamedTuple):
    """A ggml type: `block` weights are stored in `block_bytes` bytes."""

    name: str
    block: int
    block_bytes: int


# The ids and sizes of ggml.h as of llama-cpp-python 0.3.36; gaps are types that were removed.
TENSOR_TYPES: Final[Mapping[int, TensorType]] = {
    0: TensorType("F32", 1, 4),
    1: TensorType("F16", 1, 2),
    2: TensorType("Q4_0", 32, 18),
    3: TensorType("Q4_1", 32, 20),
    6: TensorType("Q5_0", 32, 22),
    7: TensorType("Q5_1", 32, 24),
    8: TensorType("Q8_0", 32, 34),
    9: TensorType("Q8_1", 32, 36),
    10: TensorType("Q2_K", 256, 84),
    11: TensorType("Q3_K", 256, 110),
    12: TensorType("Q4_K", 256, 144),
    13: TensorType("Q5_K", 256, 176),
    14: TensorType("Q6_K", 256, 210),
    15: TensorType("Q8_K", 256, 292),
    16: TensorType("IQ2_XXS", 256, 66),
    17: TensorType("IQ2_XS", 256, 74),
    18: TensorType("IQ3_XXS", 256, 98),
    19: TensorType("IQ1_S", 256, 50),
    20: TensorType("IQ4_NL", 32, 18),
    21: TensorType("IQ3_S", 256, 110),
    22: TensorType("IQ2_S", 256, 82),
    23: TensorType("IQ4_XS", 256, 136),
    24: TensorType("I8", 1, 1),
    25: TensorType("I16", 1, 2),
    26: TensorType("I32", 1, 4),
    27: TensorType("I64", 1, 8),
    28: TensorType("F64", 1, 8),
    29: TensorType("IQ1_M", 256, 56),
    30: TensorType("BF16", 1, 2),
    34: TensorType("TQ1_0", 256, 54),
    35: TensorType("TQ2_0", 256, 66),
    39: TensorType("MXFP4", 32, 17),
    40: TensorType("NVFP4", 64, 36),
    41: TensorType("Q1_0", 128, 18),
    42: TensorType("Q2_0", 64, 18),
}


class StringArray:
    """An array of byte strings kept as one block: nothing is decoded until it is asked for."""

    def __init__(self, block: bytes, ends: "array[int]") -> None:
        """`block` holds each string after its 8-byte length; `ends[i]` is where string i ends."""
        self._block = block
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> bytes:
        if not 0 <= index < len(self._ends):
            raise IndexError(index)
        start = self._ends[index - 1] if index else 0
        return self._block[start + _LENGTH_PREFIX : self._ends[index]]

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        for end in self._ends:
            yield self._block[start + _LENGTH_PREFIX : end]
            start = end

    def packed(self, count: int) -> bytes:
        """The first `count` strings with their lengths: arrays compare at the speed of memory."""
        return self._block[: self._ends[count - 1]] if count else b""


NumberArray = NDArray[Any]
Value = int | float | bool | str | NumberArray | StringArray


@dataclass(frozen=True)
class TensorInfo:
    """One tensor of the file; `offset` counts from the header's `data_offset`."""

    name: str
    shape: tuple[int, ...]
    type: TensorType
    offset: int
    elements: int
    size: int


@dataclass(frozen=True, eq=False)
class GgufHeader:
    """A header whose counts, sizes and offsets were found to fit the file."""

    path: Path
    version: int
    metadata: Mapping[str, Value]
    tensors: tuple[TensorInfo, ...]
    data_offset: int
    file_size: int

    @property
    def architecture(self) -> str:
        """`general.architecture`, the prefix of the model's own keys."""
        return self.text("general.architecture")

    def of_model(self, name: str) -> Value | None:
        """The value of the model's own key: `block_count` is `llama.block_count` for a Llama."""
        return self.metadata.get(f"{self.architecture}.{name}")

    def text(self, key: str) -> str:
        """A string, or "" where there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def strings(self, key: str) -> StringArray | None:
        """An array of strings."""
        value = self.metadata.get(key)
        return value if isinstance(value, StringArray) else None

    def numbers(self, key: str) -> NumberArray | None:
        """An array of numbers."""
        value = self.metadata.get(key)
        return value if isinstance(value, np.ndarray) else None

    def per_layer(self, name: str) -> tuple[int, ...]:
        """A whole-number key of the model that is one value or one per layer; () without it."""
        value = self.of_model(name)
        if isinstance(value, np.ndarray):
            return tuple(int(item) for item in value) if value.dtype.kind in "iu" else ()
        return (value,) if is_whole(value) else ()


def is_whole(value: Value | None) -> TypeGuard[int]:
    """Whether a metadata value is a whole number; a bool is none."""
    return isinstance(value, int) and not isinstance(value, bool)

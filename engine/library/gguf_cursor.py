"""Reads primitive values of an untrusted header, never more of it than a fixed number of bytes."""

import struct
from array import array
from typing import BinaryIO, Final

import numpy as np

from engine.language import tr, whole
from engine.library.gguf_format import CutOff, HeaderFault, NumberArray, StringArray, ValueType
from engine.library.printable import shown_size

MAX_HEADER_BYTES: Final = 64 << 20
MAX_STRINGS: Final = 1 << 21
_FIRST_READ: Final = 1 << 20

_SCALARS: Final = {
    ValueType.UINT8: struct.Struct("<B"),
    ValueType.INT8: struct.Struct("<b"),
    ValueType.UINT16: struct.Struct("<H"),
    ValueType.INT16: struct.Struct("<h"),
    ValueType.UINT32: struct.Struct("<I"),
    ValueType.INT32: struct.Struct("<i"),
    ValueType.FLOAT32: struct.Struct("<f"),
    ValueType.BOOL: struct.Struct("<?"),
    ValueType.UINT64: struct.Struct("<Q"),
    ValueType.INT64: struct.Struct("<q"),
    ValueType.FLOAT64: struct.Struct("<d"),
}
_U32: Final = _SCALARS[ValueType.UINT32]
_U64: Final = _SCALARS[ValueType.UINT64]


class HeaderCursor:
    """A position in the header. Every method raises `HeaderFault` instead of reading too far."""

    def __init__(self, file: BinaryIO, file_size: int) -> None:
        self.position = 0
        self._file = file
        self._file_size = file_size
        self._buffer = b""

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        self._need(count)
        start, self.position = self.position, self.position + count
        return self._buffer[start : self.position]

    def u32(self) -> int:
        """An unsigned 32-bit number."""
        return int(_U32.unpack(self.take(4))[0])

    def u64(self) -> int:
        """An unsigned 64-bit number."""
        return int(_U64.unpack(self.take(8))[0])

    def string(self) -> bytes:
        """A string with its length in front."""
        return self.take(self.u64())

    def scalar(self, kind: ValueType) -> int | float | bool:
        """One number or truth value."""
        layout = _SCALARS[kind]
        value: int | float | bool = layout.unpack(self.take(layout.size))[0]
        return value

    def numbers(self, kind: ValueType, count: int) -> NumberArray:
        """An array of numbers, read-only."""
        dtype = np.dtype(_SCALARS[kind].format)
        return np.frombuffer(self.take(count * dtype.itemsize), dtype)

    def strings(self, count: int) -> StringArray:
        """An array of strings, undecoded."""
        if count > MAX_STRINGS:
            raise HeaderFault(
                tr("is damaged: it claims a list of {count} texts.").format(count=whole(count))
            )
        self._need(count * _U64.size)
        start, ends = self.position, array("q")
        for _ in range(count):
            ends.append(self._skip_string() - start)
        return StringArray(self._buffer[start : self.position], ends)

    def _skip_string(self) -> int:
        # The hot loop of a vocabulary: 300,000 calls for one file, hence no `take`.
        body = self.position + _U64.size
        if body > len(self._buffer):
            self._need(_U64.size)
        self.position = body + _U64.unpack_from(self._buffer, self.position)[0]
        if self.position > len(self._buffer):
            self._need(0)
        return self.position

    def _need(self, count: int) -> None:
        end = self.position + count
        if end > len(self._buffer):
            self._grow(end)

    def _grow(self, end: int) -> None:
        if end > self._file_size:
            raise CutOff(
                tr("ends early: its header goes on after {size}.").format(
                    size=shown_size(self._file_size)
                ),
                hint=tr("Download it again."),
            )
        if end > MAX_HEADER_BYTES:
            raise HeaderFault(
                tr("is damaged: its header claims more than {size}.").format(
                    size=shown_size(MAX_HEADER_BYTES)
                )
            )
        wanted = min(max(end, 2 * len(self._buffer), _FIRST_READ), MAX_HEADER_BYTES)
        self._buffer += self._file.read(wanted - len(self._buffer))
        if end > len(self._buffer):
            raise HeaderFault(tr("became shorter while it was read."))

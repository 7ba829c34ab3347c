"""Splits a real model into parts as llama.cpp's gguf-split does: whole tensors, in their order."""

import struct
from pathlib import Path
from typing import Final

from engine.library.gguf_header import read_header

_U16, _I32 = 2, 5
_HEAD: Final = struct.Struct("<4sIQQ")
_ALIGNMENT: Final = 32


def split_gguf(source: Path, folder: Path, count: int) -> Path:
    """Write `count` parts of `source` into `folder`; returns the path of the first."""
    header = read_header(source)
    content = source.read_bytes()
    first_name = _text(header.tensors[0].name)
    keys_end = content.index(first_name, _HEAD.size)
    keys = content[_HEAD.size : keys_end]
    table = _tensor_table(content, keys_end, len(header.tensors))
    per_part = -(-len(table) // count)
    for number in range(count):
        chosen = range(number * per_part, min((number + 1) * per_part, len(table)))
        own_keys = _split_keys(number, count, len(table))
        key_count = 3 + (len(header.metadata) if number == 0 else 0)
        head = _HEAD.pack(b"GGUF", 3, len(chosen), key_count)
        head += (keys if number == 0 else b"") + own_keys
        data = b""
        for place in chosen:
            tensor = header.tensors[place]
            head += table[place] + struct.pack("<Q", len(data))
            start = header.data_offset + tensor.offset
            data += _padded(content[start : start + tensor.size])
        _part(folder, source, number, count).write_bytes(_padded(head) + data)
    return _part(folder, source, 0, count)


def _part(folder: Path, source: Path, number: int, count: int) -> Path:
    return folder / f"{source.stem}-{number + 1:05}-of-{count:05}.gguf"


def _tensor_table(content: bytes, position: int, count: int) -> list[bytes]:
    """Each tensor's entry up to its offset."""
    entries = []
    for _ in range(count):
        (name_length,) = struct.unpack_from("<Q", content, position)
        (dimensions,) = struct.unpack_from("<I", content, position + 8 + name_length)
        end = position + 8 + name_length + 4 + 8 * dimensions + 4
        entries.append(content[position:end])
        position = end + 8
    return entries


def _split_keys(number: int, count: int, tensors: int) -> bytes:
    return (
        _text("split.no")
        + struct.pack("<IH", _U16, number)
        + _text("split.count")
        + struct.pack("<IH", _U16, count)
        + _text("split.tensors.count")
        + struct.pack("<Ii", _I32, tensors)
    )


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)

"""A small bounded reader of GGUF headers, for files that nobody vouches for.

llama.cpp ends the whole process on some malformed files, so every file is read here first. What
passes has counts, types, sizes and offsets that fit the file, and metadata that
`header_checks` found consistent.
"""

import os
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from engine.language import tr, whole
from engine.library.gguf_cursor import HeaderCursor
from engine.library.gguf_format import (
    TENSOR_TYPES,
    CutOff,
    GgufHeader,
    HeaderFault,
    TensorInfo,
    Value,
    ValueType,
)
from engine.library.header_checks import check_consistency
from engine.library.model_file import faults_named, open_model_file
from engine.library.printable import printable, shown_part

__all__ = ["GgufHeader", "parse_header", "read_header"]

MAX_KEYS: Final = 1 << 16
MAX_TENSORS: Final = 1 << 17
MAX_KEY_BYTES: Final = 65_535
MAX_TENSOR_NAME_BYTES: Final = 63
MAX_DIMENSIONS: Final = 4
MAX_TENSOR_BYTES: Final = 1 << 44
MAX_ALIGNMENT: Final = 1 << 20
DEFAULT_ALIGNMENT: Final = 32
_MAGIC: Final = b"GGUF"
_NEWEST_VERSION: Final = 3
_OLDEST_VERSION: Final = 2


def read_header(path: Path) -> GgufHeader:
    """The header of the GGUF file `path`.

    Raises `ModelNotFound` if the file cannot be opened and `BadModelFile` if it is no GGUF, is
    damaged, or ends early.
    """
    with open_model_file(path) as file:
        return parse_header(path, file, os.fstat(file.fileno()).st_size)


def parse_header(path: Path, file: BinaryIO, file_size: int) -> GgufHeader:
    """The header at the beginning of `file`, which is read forwards and no further than needed.

    `path` is its name in the `BadModelFile` that this raises.
    """
    with faults_named(path):
        header = _read(path, file, file_size)
        check_consistency(header)
    return header


def _read(path: Path, file: BinaryIO, file_size: int) -> GgufHeader:
    cursor = HeaderCursor(file, file_size)
    version = _read_version(cursor, file_size)
    tensor_count = _read_count(cursor, MAX_TENSORS, tr("is damaged: it claims {count} tensors."))
    key_count = _read_count(cursor, MAX_KEYS, tr("is damaged: it claims {count} metadata keys."))
    metadata = _read_metadata(cursor, key_count)
    alignment = _alignment(metadata)
    tensors = _read_tensors(cursor, tensor_count)
    data_offset = _padded(cursor.position, alignment)
    _check_layout(tensors, alignment)
    _check_length(tensors, data_offset, file_size)
    return GgufHeader(path, version, MappingProxyType(metadata), tensors, data_offset, file_size)


def _read_version(cursor: HeaderCursor, file_size: int) -> int:
    if file_size == 0:
        raise HeaderFault(tr("is empty."), hint=tr("Download it again."))
    if file_size < len(_MAGIC) or cursor.take(len(_MAGIC)) != _MAGIC:
        raise HeaderFault(tr("is not a GGUF file."), hint=tr("Models end in .gguf."))
    version = cursor.u32()
    if version & 0xFFFF == 0:
        raise HeaderFault(tr("is made for big-endian computers; this is a little-endian one."))
    if version < _OLDEST_VERSION:
        raise HeaderFault(
            tr("is a GGUF of version {version}, which is too old to read.").format(version=version)
        )
    if version > _NEWEST_VERSION:
        raise HeaderFault(
            tr("is a GGUF of version {version}; this program reads up to {newest_version}.").format(
                version=version, newest_version=_NEWEST_VERSION
            ),
            hint=tr("A newer Outrider may read it."),
        )
    return version


def _read_count(cursor: HeaderCursor, limit: int, too_many: str) -> int:
    count = cursor.u64()
    if count > limit:
        raise HeaderFault(too_many.format(count=whole(count)))
    return count


def _read_metadata(cursor: HeaderCursor, count: int) -> dict[str, Value]:
    metadata: dict[str, Value] = {}
    for _ in range(count):
        key = _read_name(cursor, MAX_KEY_BYTES, tr("metadata key"))
        if key in metadata:
            raise HeaderFault(
                tr("is damaged: it has the key “{key}” twice.").format(key=printable(key))
            )
        metadata[key] = _read_value(cursor, key)
    return metadata


def _read_name(cursor: HeaderCursor, limit: int, what: str) -> str:
    length = cursor.u64()
    if not 0 < length <= limit:
        raise HeaderFault(
            tr("is damaged: a {what} is {length} bytes long.").format(
                what=what, length=whole(length)
            )
        )
    try:
        name = cursor.take(length).decode()
    except UnicodeDecodeError:
        raise HeaderFault(tr("is damaged: a {what} is not text.").format(what=what)) from None
    if "\0" in name:  # llama.cpp would read another name
        raise HeaderFault(tr("is damaged: a {what} is not text.").format(what=what))
    return name


def _read_value(cursor: HeaderCursor, key: str) -> Value:
    kind = _read_value_type(cursor, key)
    if kind is ValueType.ARRAY:
        return _read_array(cursor, key)
    if kind is ValueType.STRING:
        # llama.cpp reads it as a C string.
        return cursor.string().partition(b"\0")[0].decode(errors="replace")
    return cursor.scalar(kind)


def _read_array(cursor: HeaderCursor, key: str) -> Value:
    kind = _read_value_type(cursor, key)
    count = cursor.u64()
    if kind is ValueType.ARRAY:
        raise HeaderFault(tr("is damaged: “{key}” is a list of lists.").format(key=printable(key)))
    if kind is ValueType.STRING:
        return cursor.strings(count)
    return cursor.numbers(kind, count)


def _read_value_type(cursor: HeaderCursor, key: str) -> ValueType:
    kind = cursor.u32()
    if kind > max(ValueType):
        raise HeaderFault(
            tr("is damaged: “{key}” has the unknown type {kind}.").format(
                key=printable(key), kind=kind
            )
        )
    return ValueType(kind)


def _alignment(metadata: dict[str, Value]) -> int:
    alignment = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
    if not isinstance(alignment, int) or not 0 < alignment <= MAX_ALIGNMENT:
        raise HeaderFault(tr("is damaged: its alignment makes no sense."))
    if alignment & (alignment - 1):
        raise HeaderFault(
            tr("is damaged: its alignment, {alignment}, is no power of two.").format(
                alignment=alignment
            )
        )
    return alignment


def _read_tensors(cursor: HeaderCursor, count: int) -> tuple[TensorInfo, ...]:
    tensors = tuple(_read_tensor(cursor) for _ in range(count))
    names: set[str] = set()
    for tensor in tensors:
        if tensor.name in names:
            raise HeaderFault(
                tr("is damaged: it has the tensor “{name}” twice.").format(
                    name=printable(tensor.name)
                )
            )
        names.add(tensor.name)
    return tensors


def _read_tensor(cursor: HeaderCursor) -> TensorInfo:
    name = _read_name(cursor, MAX_TENSOR_NAME_BYTES, tr("tensor name"))
    shape = _read_shape(cursor, name)
    kind = TENSOR_TYPES.get(type_id := cursor.u32())
    if kind is None:
        raise HeaderFault(
            tr("has the tensor “{name}” in the unknown format {type_id}.").format(
                name=printable(name), type_id=type_id
            ),
            hint=tr("A newer Outrider may read it."),
        )
    elements = 1
    for extent in shape:
        elements *= extent
    size = elements // kind.block * kind.block_bytes
    if shape[0] % kind.block or size > MAX_TENSOR_BYTES:
        raise HeaderFault(
            tr("is damaged: the tensor “{name}” has an impossible shape.").format(
                name=printable(name)
            )
        )
    return TensorInfo(name, shape, kind, cursor.u64(), elements, size)


def _read_shape(cursor: HeaderCursor, name: str) -> tuple[int, ...]:
    dimensions = cursor.u32()
    if not 0 < dimensions <= MAX_DIMENSIONS:
        raise HeaderFault(
            tr("is damaged: the tensor “{name}” has {dimensions} dimensions.").format(
                name=printable(name), dimensions=whole(dimensions)
            )
        )
    shape = tuple(cursor.u64() for _ in range(dimensions))
    if not all(shape):
        raise HeaderFault(
            tr("is damaged: the tensor “{name}” is empty.").format(name=printable(name))
        )
    return shape


def _check_layout(tensors: tuple[TensorInfo, ...], alignment: int) -> None:
    expected = 0
    for tensor in tensors:
        if tensor.offset != expected:
            raise HeaderFault(
                tr("is damaged: the tensor “{name}” lies at a wrong place.").format(
                    name=printable(tensor.name)
                )
            )
        expected += _padded(tensor.size, alignment)


def _check_length(tensors: tuple[TensorInfo, ...], data_offset: int, file_size: int) -> None:
    if not tensors:
        return
    needed = data_offset + tensors[-1].offset + tensors[-1].size
    if needed > file_size:
        raise CutOff(
            tr("ends early: {shown_part}.").format(shown_part=shown_part(file_size, needed)),
            hint=tr("Download it again."),
        )


def _padded(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment

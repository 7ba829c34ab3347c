"""The sentence for each kind of file that is damaged or no GGUF."""

import os
import re
import struct
from pathlib import Path

import pytest

from engine import language
from engine.errors import BadModelFile
from engine.library.gguf_header import read_header
from tests.gguf_files import (
    CHAT_METADATA,
    Q4_0,
    Tensor,
    chat_metadata,
    gguf_bytes,
    text_bytes,
    write_gguf,
)

HUGE = (1 << 63) - 1
GOOD = gguf_bytes()


def refusal(path: Path) -> str:
    with pytest.raises(BadModelFile) as caught:
        read_header(path)
    return caught.value.message


def head(
    version: int = 3, tensors: int = 0, keys: int = 0, rest: bytes = b"", magic: bytes = b"GGUF"
) -> bytes:
    return magic + struct.pack("<IQQ", version, tensors, keys) + rest


def key(name: str | bytes, kind: int, body: bytes) -> bytes:
    return text_bytes(name) + struct.pack("<I", kind) + body


def tensor_info(name: str, shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    return text_bytes(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


BAD_FILES = {
    "empty": (b"", "m.gguf is empty."),
    "three bytes": (b"GGU", "m.gguf is not a GGUF file."),
    "another magic": (head(magic=b"GGML"), "m.gguf is not a GGUF file."),
    "text": (b"<!DOCTYPE html>", "m.gguf is not a GGUF file."),
    "magic only": (b"GGUF", "m.gguf ends early: its header goes on after 4 bytes."),
    "big-endian": (
        b"GGUF" + struct.pack(">IQQ", 3, 0, 0),
        "m.gguf is made for big-endian computers; this is a little-endian one.",
    ),
    "old": (head(1), "m.gguf is a GGUF of version 1, which is too old to read."),
    "new": (head(4), "m.gguf is a GGUF of version 4; this program reads up to 3."),
    "tensor count": (
        head(tensors=HUGE),
        "m.gguf is damaged: it claims 9,223,372,036,854,775,807 tensors.",
    ),
    "key count": (
        head(keys=1 << 20),
        "m.gguf is damaged: it claims 1,048,576 metadata keys.",
    ),
    "empty key": (
        head(keys=1, rest=key("", 4, bytes(4))),
        "m.gguf is damaged: a metadata key is 0 bytes long.",
    ),
    "key length": (
        head(keys=1, rest=struct.pack("<Q", HUGE)),
        "m.gguf is damaged: a metadata key is 9,223,372,036,854,775,807 bytes long.",
    ),
    "key not text": (
        head(keys=1, rest=key(b"\xff", 4, bytes(4))),
        "m.gguf is damaged: a metadata key is not text.",
    ),
    "key with a second end": (
        head(keys=1, rest=key("a\0b", 4, bytes(4))),
        "m.gguf is damaged: a metadata key is not text.",
    ),
    "key twice": (
        head(keys=2, rest=2 * key("a.b", 4, bytes(4))),
        "m.gguf is damaged: it has the key “a.b” twice.",
    ),
    "value type": (
        head(keys=1, rest=key("a\x1b[31m", 13, b"")),
        "m.gguf is damaged: “a [31m” has the unknown type 13.",
    ),
    "string length": (
        head(keys=1, rest=key("a", 8, struct.pack("<Q", 1 << 62))),
        "m.gguf ends early: its header goes on after 45 bytes.",
    ),
    "nested list": (
        head(keys=1, rest=key("a", 9, struct.pack("<IQ", 9, 1))),
        "m.gguf is damaged: “a” is a list of lists.",
    ),
    "text count": (
        head(keys=1, rest=key("a", 9, struct.pack("<IQ", 8, 1 << 40))),
        "m.gguf is damaged: it claims a list of 1,099,511,627,776 texts.",
    ),
    "number count": (
        head(keys=1, rest=key("a", 9, struct.pack("<IQ", 4, HUGE))),
        "m.gguf ends early: its header goes on after 49 bytes.",
    ),
    "alignment zero": (
        head(keys=1, rest=key("general.alignment", 4, bytes(4))),
        "m.gguf is damaged: its alignment makes no sense.",
    ),
    "alignment text": (
        head(keys=1, rest=key("general.alignment", 8, text_bytes("32"))),
        "m.gguf is damaged: its alignment makes no sense.",
    ),
    "alignment odd": (
        head(keys=1, rest=key("general.alignment", 4, struct.pack("<I", 48))),
        "m.gguf is damaged: its alignment, 48, is no power of two.",
    ),
    "alignment huge": (
        head(keys=1, rest=key("general.alignment", 4, struct.pack("<I", 1 << 30))),
        "m.gguf is damaged: its alignment makes no sense.",
    ),
    "tensor name": (
        head(tensors=1, rest=tensor_info("x" * 64, (1,))),
        "m.gguf is damaged: a tensor name is 64 bytes long.",
    ),
    "no dimensions": (
        head(tensors=1, rest=tensor_info("t", ())),
        "m.gguf is damaged: the tensor “t” has 0 dimensions.",
    ),
    "five dimensions": (
        head(tensors=1, rest=tensor_info("t", (1, 1, 1, 1, 1))),
        "m.gguf is damaged: the tensor “t” has 5 dimensions.",
    ),
    "empty tensor": (
        head(tensors=1, rest=tensor_info("t", (4, 0))),
        "m.gguf is damaged: the tensor “t” is empty.",
    ),
    "overflowing shape": (
        head(tensors=1, rest=tensor_info("t", (1 << 32, 1 << 32))),
        "m.gguf is damaged: the tensor “t” has an impossible shape.",
    ),
    "broken block": (
        head(tensors=1, rest=tensor_info("t", (33,), Q4_0)),
        "m.gguf is damaged: the tensor “t” has an impossible shape.",
    ),
    "removed type": (
        head(tensors=1, rest=tensor_info("t", (32,), 4)),
        "m.gguf has the tensor “t” in the unknown format 4.",
    ),
    "unknown type": (
        head(tensors=1, rest=tensor_info("t", (32,), 43)),
        "m.gguf has the tensor “t” in the unknown format 43.",
    ),
    "tensor twice": (
        gguf_bytes(CHAT_METADATA, [Tensor("t", (8,)), Tensor("t", (8,))]),
        "m.gguf is damaged: it has the tensor “t” twice.",
    ),
    "tensor outside": (
        gguf_bytes(CHAT_METADATA, [Tensor("t", (8,), offset=HUGE)]),
        "m.gguf is damaged: the tensor “t” lies at a wrong place.",
    ),
    "tensors overlap": (
        gguf_bytes(CHAT_METADATA, [Tensor("t", (64,)), Tensor("u", (8,), offset=32)]),
        "m.gguf is damaged: the tensor “u” lies at a wrong place.",
    ),
    "one byte short": (
        GOOD[:-1],
        f"m.gguf ends early: {len(GOOD) - 1:,} of {len(GOOD):,} bytes.",
    ),
    "weights missing": (
        GOOD[:-940],
        f"m.gguf ends early: {(len(GOOD) - 940) / 1000:.1f} of {len(GOOD) / 1000:.1f} kB.",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert refusal(path) == sentence


def test_a_truncated_big_file_is_told_in_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    tensors = [Tensor("t", (1,))]
    small = gguf_bytes(CHAT_METADATA, tensors)
    # The same header, its tensor made 18.6 GB long; the file itself is sparse.
    info = small.rindex(struct.pack("<Q", 1) + struct.pack("<IQ", 0, 0))
    path.write_bytes(small[:info] + struct.pack("<Q", 4_650_000_000) + small[info + 8 :])
    os.truncate(path, 6_200_000_000)
    assert refusal(path) == "m.gguf ends early: 6.2 of 18.6 GB."


def test_a_header_larger_than_the_cap_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.library.gguf_cursor.MAX_HEADER_BYTES", 1_000)
    path = write_gguf(tmp_path / "m.gguf", chat_metadata(x="y" * 2_000))
    assert refusal(path) == "m.gguf is damaged: its header claims more than 1.0 kB."


def test_the_name_of_the_file_cannot_deface_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\u202eb.gguf"
    path.write_bytes(b"nothing")
    assert refusal(path) == "a [2J b.gguf is not a GGUF file."


@pytest.mark.parametrize("kind", ["tensor count", "key count"])
def test_a_count_is_refused_wholly_in_the_persons_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(language, "_chosen", language._Chosen(catalogue=language._PSEUDO["marked"]))
    path = tmp_path / "m.gguf"
    path.write_bytes(BAD_FILES[kind][0])
    words = refusal(path).replace("m.gguf", "")
    assert re.sub(r"⟦[^⟦⟧]*⟧", "", words).strip() == ""

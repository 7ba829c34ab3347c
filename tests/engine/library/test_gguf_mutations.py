"""Whatever bytes a file holds, the reader answers with a header or with `BadModelFile`."""

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import BadModelFile
from engine.library.gguf_header import read_header
from engine.library.metadata import inspect_model, require_chat_model
from engine.library.pair import check_pair
from tests.gguf_files import Stored, gguf_bytes

GOOD = gguf_bytes()
EDGES = [0, 1, 2, 31, 255, 256, *(1 << bits for bits in (16, 31, 32, 40, 63))]
NUMBERS = st.sampled_from([*EDGES, (1 << 31) - 1, (1 << 32) - 1, (1 << 63) - 1, (1 << 64) - 1])
many = settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_all(path: Path, content: bytes) -> None:
    """Run all that reads a header; nothing but `BadModelFile` may come out of it."""
    path.unlink(missing_ok=True)  # writing over a file waits for the disk
    path.write_bytes(content)
    refusal = refusal_of(path)
    assert refusal.isprintable()
    assert len(refusal) < 300
    assert not refusal or refusal.startswith("m.gguf ")


def refusal_of(path: Path) -> str:
    try:
        header = read_header(path)
        require_chat_model(inspect_model(path))
        check_pair(path, path)
    except BadModelFile as error:
        return error.message
    end = max((tensor.offset + tensor.size for tensor in header.tensors), default=0)
    assert header.data_offset + end <= header.file_size
    return ""


@many
@given(flips=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=4))
def test_flipped_bytes(tmp_path: Path, flips: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for position, value in flips:
        content[position] = value
    read_all(tmp_path / "m.gguf", bytes(content))


@many
@given(length=st.integers(0, len(GOOD) - 1))
def test_every_truncation_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(GOOD[:length])
    with pytest.raises(BadModelFile):
        read_header(path)


@many
@given(position=st.integers(4, len(GOOD) - 8), number=NUMBERS, wide=st.booleans())
def test_replaced_counts(tmp_path: Path, position: int, number: int, wide: bool) -> None:
    field = struct.pack("<Q", number) if wide else struct.pack("<I", number & 0xFFFFFFFF)
    content = GOOD[:position] + field + GOOD[position + len(field) :]
    read_all(tmp_path / "m.gguf", content)


@many
@given(tail=st.binary(max_size=200), counts=st.tuples(NUMBERS, NUMBERS))
def test_noise_behind_the_magic(tmp_path: Path, tail: bytes, counts: tuple[int, int]) -> None:
    read_all(tmp_path / "m.gguf", b"GGUF" + struct.pack("<IQQ", 3, *counts) + tail)


SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(1 << 31), (1 << 32) - 1),
    st.floats(width=32),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=12),
)
KEYS = [
    "general.architecture",
    "general.name",
    "general.file_type",
    "general.license",
    "llama.block_count",
    "llama.attention.head_count",
    "llama.attention.head_count_kv",
    "llama.attention.key_length",
    "llama.expert_count",
    "llama.pooling_type",
    "split.count",
    "split.no",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.token_type",
    "tokenizer.ggml.bos_token_id",
    "tokenizer.ggml.add_bos_token",
    "tokenizer.chat_template",
]


@many
@given(metadata=st.dictionaries(st.sampled_from(KEYS), SCALARS))
def test_any_value_under_a_known_key(tmp_path: Path, metadata: dict[str, Stored]) -> None:
    known: dict[str, Stored] = {"general.architecture": "llama", "llama.embedding_length": 32}
    read_all(tmp_path / "m.gguf", gguf_bytes({**known, **metadata}))

"""What the header reader accepts, and the sentence for each kind of bad file."""

import builtins
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadModelFile, ModelNotFound
from engine.library.gguf_format import StringArray
from engine.library.gguf_header import read_header
from tests.gguf_files import (
    CHAT_METADATA,
    CHAT_TENSORS,
    F16,
    I32,
    Q4_0,
    TOKENS,
    Raw,
    Stored,
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


def refusal_of_bytes(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    return refusal(path)


def test_a_good_file_is_read_in_full(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf")
    header = read_header(path)
    assert header.version == 3
    assert header.path == path
    assert header.architecture == "llama"
    assert header.of_model("block_count") == 2
    assert header.metadata["tokenizer.ggml.add_bos_token"] is False
    assert header.metadata["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)
    assert set(header.metadata) == set(CHAT_METADATA)
    assert [tensor.name for tensor in header.tensors] == [tensor.name for tensor in CHAT_TENSORS]
    assert [tensor.shape for tensor in header.tensors] == [(32, 10), (32,), (32, 10)]
    assert [tensor.type.name for tensor in header.tensors] == ["Q4_0", "F32", "F16"]
    assert [tensor.size for tensor in header.tensors] == [180, 128, 640]
    assert [tensor.offset for tensor in header.tensors] == [0, 192, 320]
    assert header.data_offset % 32 == 0
    assert header.file_size == path.stat().st_size == header.data_offset + 960


def test_strings_stay_bytes_until_they_are_asked_for(tmp_path: Path) -> None:
    tokens = read_header(write_gguf(tmp_path / "m.gguf")).strings("tokenizer.ggml.tokens")
    assert isinstance(tokens, StringArray)
    assert len(tokens) == len(TOKENS)
    assert list(tokens) == [token.encode() for token in TOKENS]
    assert tokens[6] == "\u0120the".encode()
    with pytest.raises(IndexError):
        tokens[len(TOKENS)]


def test_numbers_are_read_only_arrays(tmp_path: Path) -> None:
    header = read_header(write_gguf(tmp_path / "m.gguf"))
    types = header.numbers("tokenizer.ggml.token_type")
    assert types is not None
    assert types.dtype == np.int32
    assert types.tolist() == [1] * len(TOKENS)
    assert not types.flags.writeable


def test_version_two_and_another_alignment_are_read(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    content = gguf_bytes(chat_metadata(general__alignment=64), version=2, alignment=64)
    path.write_bytes(content)
    header = read_header(path)
    assert header.version == 2
    assert header.data_offset % 64 == 0
    assert [tensor.offset for tensor in header.tensors] == [0, 192, 320]


def test_a_file_that_lacks_only_the_padding_at_its_end_is_whole(tmp_path: Path) -> None:
    tensors = [Tensor("a", (3,))]
    path = write_gguf(tmp_path / "m.gguf", CHAT_METADATA, tensors)
    path.write_bytes(path.read_bytes()[:-20])
    assert read_header(path).tensors[0].size == 12


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
    assert refusal_of_bytes(tmp_path, content) == sentence


def test_a_truncated_big_file_is_told_in_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    tensors = [Tensor("t", (1,))]
    small = gguf_bytes(CHAT_METADATA, tensors)
    # The same header, its tensor made 18.6 GB long; the file itself is sparse.
    info = small.rindex(struct.pack("<Q", 1) + struct.pack("<IQ", 0, 0))
    path.write_bytes(small[:info] + struct.pack("<Q", 4_650_000_000) + small[info + 8 :])
    os.truncate(path, 6_200_000_000)
    assert refusal(path) == "m.gguf ends early: 6.2 of 18.6 GB."


CONSISTENCY: dict[str, tuple[dict[str, Stored | None], str]] = {
    "no tokens": ({"tokenizer__ggml__tokens": None}, "it has a tokenizer but no tokens."),
    "zero tokens": ({"tokenizer__ggml__tokens": ()}, "it has a tokenizer but no tokens."),
    "tokens are numbers": (
        {"tokenizer__ggml__tokens": np.ones(3, np.int32)},
        "it has a tokenizer but no tokens.",
    ),
    "same token twice": (
        {"tokenizer__ggml__tokens": (*TOKENS[:-1], "a")},
        "two of its tokens have the same text.",
    ),
    "same token up to its NUL": (
        {"tokenizer__ggml__tokens": (*TOKENS[:-1], "a\0b")},
        "two of its tokens have the same text.",
    ),
    "short token types": (
        {"tokenizer__ggml__token_type": np.ones(9, np.int32)},
        "its tokenizer.ggml.token_type covers 9 of 10 tokens.",
    ),
    "token types of another type": (
        {"tokenizer__ggml__token_type": np.ones(10, np.float32)},
        "its tokenizer.ggml.token_type is not a list of numbers.",
    ),
    "token types a number": (
        {"tokenizer__ggml__token_type": 1},
        "its tokenizer.ggml.token_type is not a list of numbers.",
    ),
    "short scores": (
        {"tokenizer__ggml__scores": np.ones(2, np.float32)},
        "its tokenizer.ggml.scores covers 2 of 10 tokens.",
    ),
    "merges are numbers": (
        {"tokenizer__ggml__merges": np.ones(2, np.int32)},
        "its merges are not texts.",
    ),
    "no layers": ({"llama__block_count": 0}, "its block_count makes no sense."),
    "513 layers": ({"llama__block_count": 513}, "its block_count makes no sense."),
    "layers a text": ({"llama__block_count": "2"}, "its block_count makes no sense."),
    "negative context": (
        {"llama__context_length": -1},
        "its context_length makes no sense.",
    ),
    "no width": ({"llama__embedding_length": 0}, "its embedding_length makes no sense."),
    "fractional heads": (
        {"llama__attention__head_count": 1.5},
        "its attention.head_count makes no sense.",
    ),
    "heads that do not divide": (
        {"llama__attention__head_count_kv": 3},
        "4 attention heads share 3 key heads.",
    ),
    "heads of one layer do not divide": (
        {"llama__attention__head_count_kv": np.array([2, 3], np.int32)},
        "4 attention heads share 3 key heads.",
    ),
    "more prediction than layers": (
        {"llama__nextn_predict_layers": 3},
        "it predicts with more layers than it has.",
    ),
    "experts used of none": (
        {"llama__expert_used_count": 2},
        "it uses 2 of 0 experts.",
    ),
    "no expert used": (
        {"llama__expert_count": 8},
        "it uses 0 of 8 experts.",
    ),
    "expert groups": (
        {
            "llama__expert_count": 8,
            "llama__expert_used_count": 2,
            "llama__expert_group_count": 3,
            "llama__expert_group_used_count": 1,
        },
        "its 8 experts do not form 3 groups.",
    ),
    "groups of no experts": (
        {"llama__expert_group_count": 1},
        "it has 1 groups of 0 experts.",
    ),
    "negative epsilon": (
        {"llama__attention__layer_norm_rms_epsilon": -1.0},
        "its attention.layer_norm_rms_epsilon makes no sense.",
    ),
    "epsilon not a number": (
        {"llama__attention__layer_norm_rms_epsilon": float("nan")},
        "its attention.layer_norm_rms_epsilon makes no sense.",
    ),
    "rotation wider than a head": (
        {"llama__rope__dimension_count": 16},
        "it rotates 16 of 8 values of a head.",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), CONSISTENCY.values(), ids=CONSISTENCY.keys())
def test_values_that_llama_cpp_would_not_survive_are_refused(
    tmp_path: Path, changes: dict[str, Stored | None], reason: str
) -> None:
    path = write_gguf(tmp_path / "m.gguf", chat_metadata(**changes))
    assert refusal(path) == f"m.gguf is damaged: {reason}"


def test_an_unknown_rope_scaling_and_an_absurd_template_are_refused(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf", chat_metadata(llama__rope__scaling__type="wild"))
    assert refusal(path) == "m.gguf uses the unknown rope scaling “wild”."
    write_gguf(path, chat_metadata(tokenizer__chat_template="x" * 2_000_000))
    assert refusal(path) == "m.gguf has a chat template of 2.0 MB, which is absurd."


def test_what_llama_cpp_tolerates_in_files_people_have_is_accepted(tmp_path: Path) -> None:
    metadata = chat_metadata(
        tokenizer__ggml__padding_token_id=0xFFFFFFFF,
        tokenizer__ggml__tokens=("", "", *TOKENS[2:]),
        tokenizer__ggml__scores=np.zeros(len(TOKENS) + 1, np.float32),
        llama__attention__head_count=np.array([4, 0], np.int32),
        llama__attention__head_count_kv=np.array([2, 0], np.int32),
        llama__expert_count=8,
        llama__expert_used_count=2,
    )
    header = read_header(write_gguf(tmp_path / "m.gguf", metadata))
    assert header.per_layer("attention.head_count") == (4, 0)


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (Tensor("output_norm.weight", (32,), F16), "“output_norm.weight” is F16, not F32."),
        (
            Tensor("blk.0.attn_q.weight", (32, 32), I32),
            "“blk.0.attn_q.weight” is I32, not a format for weights.",
        ),
    ],
)
def test_a_tensor_llama_cpp_cannot_compute_with_is_refused(
    tmp_path: Path, tensor: Tensor, reason: str
) -> None:
    path = write_gguf(tmp_path / "m.gguf", CHAT_METADATA, [tensor])
    assert refusal(path) == f"m.gguf is damaged: its tensor {reason}"


def test_an_index_table_may_hold_whole_numbers(tmp_path: Path) -> None:
    table = Tensor("blk.0.ffn_gate_tid2eid.weight", (4, 10), I32)
    path = write_gguf(tmp_path / "m.gguf", CHAT_METADATA, [table])
    assert read_header(path).tensors[0].type.name == "I32"


def test_a_text_ends_where_llama_cpp_ends_it(tmp_path: Path) -> None:
    metadata = chat_metadata(general__architecture="llama\0clip")
    assert read_header(write_gguf(tmp_path / "m.gguf", metadata)).architecture == "llama"


def test_every_scalar_type_is_read(tmp_path: Path) -> None:
    scalars = {
        "x.u8": (Raw(0, b"\xff"), 255),
        "x.i8": (Raw(1, b"\xff"), -1),
        "x.u16": (Raw(2, b"\xff\xff"), 65535),
        "x.i16": (Raw(3, b"\xff\xff"), -1),
        "x.u64": (Raw(10, b"\xff" * 8), (1 << 64) - 1),
        "x.i64": (Raw(11, b"\xff" * 8), -1),
        "x.f64": (Raw(12, struct.pack("<d", 0.1)), 0.1),
        "x.bool": (Raw(7, b"\x02"), True),
    }
    metadata = {name: raw for name, (raw, _) in scalars.items()}
    header = read_header(write_gguf(tmp_path / "m.gguf", metadata, []))
    assert dict(header.metadata) == {name: value for name, (_, value) in scalars.items()}


def test_a_header_larger_than_the_cap_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.library.gguf_cursor.MAX_HEADER_BYTES", 1_000)
    path = write_gguf(tmp_path / "m.gguf", chat_metadata(x="y" * 2_000))
    assert refusal(path) == "m.gguf is damaged: its header claims more than 1.0 kB."


def test_a_header_longer_than_one_read_is_read(tmp_path: Path) -> None:
    texts = [f"{number:050}" for number in range(60_000)]
    path = write_gguf(tmp_path / "m.gguf", chat_metadata(x__texts=texts, x__last=7))
    header = read_header(path)
    stored = header.strings("x.texts")
    assert stored is not None
    assert stored[59_999] == texts[-1].encode()
    assert header.metadata["x.last"] == 7


def failure(path: Path) -> str:
    with pytest.raises(ModelNotFound) as caught:
        read_header(path)
    return caught.value.message


def test_a_path_that_cannot_be_opened_has_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.gguf").mkdir()
    os.mkfifo(tmp_path / "pipe.gguf")
    file = write_gguf(tmp_path / "m.gguf")
    assert failure(tmp_path / "gone.gguf") == "gone.gguf is not there."
    assert failure(file / "x.gguf") == "x.gguf is not there."
    assert failure(tmp_path / "nul\0.gguf") == "nul .gguf is not there."
    assert failure(tmp_path / "folder.gguf") == "folder.gguf is a folder, not a model file."
    assert failure(tmp_path / "pipe.gguf") == "pipe.gguf is not a file but a device or a pipe."
    assert failure(tmp_path / ("x" * 300)).endswith("… cannot be read.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "m.gguf may not be read."),
        (FileNotFoundError(2, "No such file"), "m.gguf is not there."),
        (OSError(5, "Input/output error"), "m.gguf cannot be read."),
    ],
)
def test_what_goes_wrong_while_opening_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    path = write_gguf(tmp_path / "m.gguf")

    def refuse(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    assert failure(path) == sentence


def test_the_name_of_the_file_cannot_deface_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J\u202eb.gguf"
    path.write_bytes(b"nothing")
    assert refusal(path) == "a [2J b.gguf is not a GGUF file."


def test_half_precision_tensors_have_their_size(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf", CHAT_METADATA, [Tensor("t", (3, 5, 7, 2), F16)])
    assert read_header(path).tensors[0].size == 3 * 5 * 7 * 2 * 2

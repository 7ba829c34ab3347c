"""What the header reader reads, and the sentence for a file it cannot open."""

import builtins
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelNotFound
from engine.library.gguf_format import StringArray
from engine.library.gguf_header import read_header
from tests.gguf_files import (
    CHAT_METADATA,
    CHAT_TENSORS,
    F16,
    TOKENS,
    Raw,
    Tensor,
    chat_metadata,
    gguf_bytes,
    write_gguf,
)


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


def test_a_header_longer_than_one_read_is_read(tmp_path: Path) -> None:
    texts = [f"{number:050}" for number in range(60_000)]
    path = write_gguf(tmp_path / "m.gguf", chat_metadata(x__texts=texts, x__last=7))
    header = read_header(path)
    stored = header.strings("x.texts")
    assert stored is not None
    assert stored[59_999] == texts[-1].encode()
    assert header.metadata["x.last"] == 7


def test_half_precision_tensors_have_their_size(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf", CHAT_METADATA, [Tensor("t", (3, 5, 7, 2), F16)])
    assert read_header(path).tensors[0].size == 3 * 5 * 7 * 2 * 2


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

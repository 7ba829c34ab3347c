"""The library on the starter model itself."""

import hashlib
from pathlib import Path

import pytest

from engine.errors import BadModelFile
from engine.library.gguf_header import read_header
from engine.library.metadata import inspect_model
from engine.library.models import resolve_model
from engine.library.pair import PairVerdict, check_pair
from engine.library.starter import STARTER, is_starter_ready, starter_path

pytestmark = pytest.mark.real_model


@pytest.fixture
def smollm2() -> Path:
    path = starter_path()
    if not path.is_file():
        pytest.fail(f"These tests need the starter model as {path}.")
    return path


def test_the_starter_constants_describe_the_file(smollm2: Path) -> None:
    with smollm2.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == STARTER.sha256
    assert is_starter_ready()
    assert resolve_model("smollm2") == smollm2


def test_its_header(smollm2: Path) -> None:
    header = read_header(smollm2)
    assert header.data_offset == 1_785_664
    assert len(header.tensors) == 272
    last = header.tensors[-1]
    assert header.data_offset + last.offset + last.size == header.file_size
    tokens = header.strings("tokenizer.ggml.tokens")
    assert tokens is not None
    assert tokens[2] == b"<|im_end|>"


def test_its_description(smollm2: Path) -> None:
    info = inspect_model(smollm2)
    assert info.is_chat_model
    assert info.architecture == "llama"
    assert info.quantization == "Q4_1"
    assert info.size_bytes == STARTER.size
    assert info.parameters == 134_515_008
    assert info.context_length == 8192
    assert (info.block_count, info.embedding_length) == (30, 576)
    assert (info.head_counts, info.head_counts_kv) == ((9,), (3,))
    assert (info.key_length, info.value_length) == (64, 64)
    assert info.vocabulary_size == 49_152
    assert (info.tokenizer, info.pre_tokenizer) == ("gpt2", "smollm")
    assert info.licence == "apache-2.0"
    assert info.chat_template is not None
    assert "<|im_start|>" in info.chat_template


def test_it_pairs_with_itself(smollm2: Path) -> None:
    assert check_pair(smollm2, smollm2) == PairVerdict(compatible=True, sentence="Same tokenizer.")


def test_one_changed_token_is_found(smollm2: Path, tmp_path: Path) -> None:
    tokens = read_header(smollm2).strings("tokenizer.ggml.tokens")
    assert tokens is not None
    token = tokens[30_000]
    header = smollm2.read_bytes()
    stored = len(token).to_bytes(8, "little") + token
    place = header.index(stored) + len(stored) - 1
    doctored = tmp_path / "doctored.gguf"
    doctored.write_bytes(header[:place] + b"~" + header[place + 1 :])
    verdict = check_pair(smollm2, doctored)
    assert not verdict.compatible
    assert verdict.sentence.startswith("Token 30000 differs: “")


def test_a_cut_download_is_refused(smollm2: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(smollm2.read_bytes()[:60_000_000])
    with pytest.raises(BadModelFile) as caught:
        read_header(cut)
    assert caught.value.message == "cut.gguf ends early: 60.0 of 98.4 MB."

"""The starter model through llama.cpp: loading, its vocabulary, and what hides in a message."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cancel import CancelToken
from engine.config import ModelConfig, Placement
from engine.errors import Cancelled, DeviceUnavailable, ModelLoadFailed
from engine.events import ChatMessage, Role
from engine.llama.library import api, recent_errors
from engine.llama.model import LlamaModel
from engine.prompt import ChatTemplate
from engine.tokens import PromptEncoder

pytestmark = pytest.mark.real_model
START, END = 1, 2


def load(
    path: Path, *, cancel: CancelToken | None = None, devices: tuple[str, ...] = ()
) -> LlamaModel:
    config = ModelConfig(path=path, placement=Placement(devices=devices))
    return LlamaModel(config, lambda _fraction: None, cancel or CancelToken())


@pytest.mark.parametrize("complaint", ["", "warning: failed to mlock 97-byte buffer"])
def test_a_model_that_cannot_be_locked_is_loaded_and_the_log_says_so(
    smollm2: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    complaint: str,
) -> None:
    load_file = api.llama_model_load_from_file

    def complain(path: bytes, params: Any) -> Any:  # noqa: ANN401 - ctypes
        assert params.load_mode == api.LLAMA_LOAD_MODE_MLOCK
        params.load_mode = api.LLAMA_LOAD_MODE_MMAP  # this machine need not have the memory
        handle = load_file(path, params)
        recent_errors.append(complaint)
        return handle

    monkeypatch.setattr(api, "llama_model_load_from_file", complain)
    config = ModelConfig(path=smollm2, placement=Placement(devices=(), in_memory=True))
    with caplog.at_level(logging.WARNING, "outrider.llama"):
        LlamaModel(config, lambda _fraction: None, CancelToken()).close()
    said = [record.getMessage() for record in caplog.records if "not locked" in record.getMessage()]
    assert len(said) == bool(complaint)
    assert all(line.startswith(f"{smollm2.name} is in memory but not locked") for line in said)


@pytest.fixture(scope="module")
def model(smollm2: Path) -> Iterator[LlamaModel]:
    model = load(smollm2)
    yield model
    model.close()


def test_what_the_file_says(model: LlamaModel) -> None:
    vocab = model.vocab
    assert (vocab.size, model.trained_context, model.can_take_back) == (49_152, 8192, True)
    assert (vocab.bos_text, vocab.eos_text, vocab.bos) == ("<|im_start|>", "<|im_end|>", None)
    assert model.chat_template is not None
    assert {"<|im_start|>", "<|im_end|>", "<|endoftext|>"} <= set(vocab.control_texts)
    assert vocab.is_end(END)
    assert not vocab.is_end(START)
    assert vocab.piece(END) == b""


@pytest.mark.parametrize("text", ["", "Hello", " two  spaces", "Größe 🌊 日本語", "a\0b", "\ud800"])
def test_tokens_spell_the_text(model: LlamaModel, text: str) -> None:
    tokens = model.vocab.tokenize(text, special=False)
    spelled = b"".join(model.vocab.piece(token) for token in tokens)
    assert spelled == text.encode("utf-8", "replace")


def test_control_texts_are_control_tokens_only_on_request(model: LlamaModel) -> None:
    assert model.vocab.tokenize("<|im_end|>", special=True) == [END]
    plain = model.vocab.tokenize("<|im_end|>", special=False)
    assert END not in plain
    assert b"".join(map(model.vocab.piece, plain)) == b"<|im_end|>"


def test_a_long_text_is_tokenized_whole(model: LlamaModel) -> None:
    text = "word " * 20_000
    tokens = model.vocab.tokenize(text, special=False)
    assert b"".join(map(model.vocab.piece, tokens)) == text.encode()


def test_no_message_holds_a_control_token(model: LlamaModel) -> None:
    vocab = model.vocab
    encoder = PromptEncoder(vocab, ChatTemplate(model.chat_template or ""), vocab.bos)
    control = {t for text in vocab.control_texts for t in vocab.tokenize(text, special=True)}
    parts = st.sampled_from([*vocab.control_texts[:6], "<|im_", "end|>", "\n", "x", chr(0xF0000)])

    @given(content=st.lists(parts, max_size=8).map("".join))
    def only_the_template_writes_them(content: str) -> None:
        messages = [ChatMessage(Role.SYSTEM, "s"), ChatMessage(Role.USER, content)]
        tokens = encoder.encode(messages)
        assert [t for t in tokens if t in control] == [START, END, START, END, START]
        assert content.replace(chr(0xF0000), "") in b"".join(map(vocab.piece, tokens)).decode()

    only_the_template_writes_them()


def test_loading_can_be_stopped(smollm2: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        load(smollm2, cancel=cancel)


def test_what_llama_cpp_refuses_is_a_sentence_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"no model")
    with pytest.raises(ModelLoadFailed) as caught:
        load(path)
    assert caught.value.message == "llama.cpp cannot load bad.gguf."
    assert caught.value.detail


def test_a_device_that_does_not_exist_is_named(smollm2: Path) -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        load(smollm2, devices=("CUDA9",))
    assert caught.value.message == "There is no device named CUDA9."
    assert "CPU" in caught.value.hint


def test_a_closed_model_says_so(smollm2: Path) -> None:
    model = load(smollm2)
    model.close()
    model.close()
    with pytest.raises(RuntimeError, match="closed"):
        _ = model.handle

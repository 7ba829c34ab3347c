"""Which drafts can guess for which targets, and the sentence for each refusal."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadModelFile, IncompatiblePair, ModelNotFound
from engine.library.pair import PairVerdict, check_pair, require_pair
from tests.gguf_files import TOKENS, Stored, write_chat_model, write_gguf


def verdict(
    tmp_path: Path, target: dict[str, Stored | None], draft: dict[str, Stored | None]
) -> PairVerdict:
    return check_pair(
        write_chat_model(tmp_path / "target.gguf", **target),
        write_chat_model(tmp_path / "draft.gguf", **draft),
    )


def vocabulary(*tokens: str, padding: int = 0) -> dict[str, Stored | None]:
    """A vocabulary with unused tokens at its end."""
    types = np.array([1] * len(tokens) + [5] * padding, np.int32)
    texts = (*tokens, *(f"unused {number}" for number in range(padding)))
    return {"tokenizer__ggml__tokens": texts, "tokenizer__ggml__token_type": types}


SPM: dict[str, Stored | None] = {"tokenizer__ggml__model": "llama", "tokenizer__ggml__pre": None}
SAME = "Same tokenizer."
COMPATIBLE: dict[str, tuple[dict[str, Stored | None], dict[str, Stored | None], str]] = {
    "equal": ({}, {}, SAME),
    "token types do not matter": ({}, {"tokenizer__ggml__token_type": None}, SAME),
    "the first five tokens may differ": ({}, vocabulary("?", *TOKENS[1:]), SAME),
    "another end that is not added": ({}, {"tokenizer__ggml__eos_token_id": 7}, SAME),
    "another begin that is not added": ({}, {"tokenizer__ggml__bos_token_id": 7}, SAME),
    "padding in the target": (
        vocabulary(*TOKENS, padding=57),
        {},
        "Same tokenizer, 57 padding tokens more: fine.",
    ),
    "padding in the draft": (
        {},
        vocabulary(*TOKENS, padding=128),
        "Same tokenizer, 128 padding tokens more: fine.",
    ),
    "one padding token known by its text": (
        {"tokenizer__ggml__tokens": (*TOKENS, "[PAD10]"), "tokenizer__ggml__token_type": None},
        {},
        "Same tokenizer, 1 padding token more: fine.",
    ),
    "another pre-tokenizer": (
        {},
        {"tokenizer__ggml__pre": "deepseek-r1-qwen"},
        "Same vocabulary, cut up in another way (qwen2 / deepseek-r1-qwen): fine.",
    ),
    "an unknown tokenizer twice": (
        {"tokenizer__ggml__model": "new"},
        {"tokenizer__ggml__model": "new"},
        SAME,
    ),
}
INCOMPATIBLE: dict[str, tuple[dict[str, Stored | None], dict[str, Stored | None], str]] = {
    "another type": ({}, SPM, "Different tokenizer: qwen2 / llama."),
    "unknown tokenizers": (
        {"tokenizer__ggml__model": "new", "tokenizer__ggml__pre": None},
        {"tokenizer__ggml__model": "newer", "tokenizer__ggml__pre": None},
        "Different tokenizer: new / newer.",
    ),
    "another vocabulary": (
        {"tokenizer__ggml__pre": "llama-bpe", "tokenizer__ggml__add_bos_token": False},
        vocabulary(*TOKENS[:-1], "z"),
        "Different tokenizer: llama-bpe / qwen2.",
    ),
    "another vocabulary of another size": (
        {"tokenizer__ggml__pre": "smollm"},
        vocabulary(*TOKENS, padding=200),
        "Different tokenizer: smollm / qwen2.",
    ),
    "one token": (
        {},
        vocabulary(*TOKENS[:6], "\u0120The", *TOKENS[7:]),
        "Token 6 differs: “ the” / “ The”. This draft cannot guess for this target.",
    ),
    "a token with a control character": (
        {},
        vocabulary(*TOKENS[:7], "\u010b\u00ff", *TOKENS[8:]),
        "Token 7 differs: “\\n” / “\\x0b\\xff”. This draft cannot guess for this target.",
    ),
    "too many more": (
        {},
        vocabulary(*TOKENS, padding=129),
        "Different vocabulary: 10 / 139 tokens.",
    ),
    "a real token more in the target": (
        vocabulary(*TOKENS, "<think>"),
        {},
        "Only the target knows token 10, “<think>”.",
    ),
    "a real token more in the draft": (
        {},
        vocabulary(*TOKENS, "<think>"),
        "Only the draft knows token 10, “<think>”.",
    ),
    "begin added by one": (
        {"tokenizer__ggml__add_bos_token": True},
        {},
        "The target's texts begin with “<s>”, the draft's with nothing.",
    ),
    "begin added by default": (
        {},
        {"tokenizer__ggml__pre": "llama-bpe", "tokenizer__ggml__add_bos_token": None},
        "The target's texts begin with nothing, the draft's with “<s>”.",
    ),
    "another begin": (
        {"tokenizer__ggml__add_bos_token": True},
        {"tokenizer__ggml__add_bos_token": True, "tokenizer__ggml__bos_token_id": 0},
        "The target's texts begin with “<s>”, the draft's with “<unk>”.",
    ),
    "another end": (
        {"tokenizer__ggml__add_eos_token": True},
        {"tokenizer__ggml__add_eos_token": True, "tokenizer__ggml__eos_token_id": 0},
        "The target's texts end with “</s>”, the draft's with “<unk>”.",
    ),
}


@pytest.mark.parametrize(
    ("target", "draft", "sentence"), COMPATIBLE.values(), ids=COMPATIBLE.keys()
)
def test_a_pair_that_fits(
    tmp_path: Path,
    target: dict[str, Stored | None],
    draft: dict[str, Stored | None],
    sentence: str,
) -> None:
    assert verdict(tmp_path, target, draft) == PairVerdict(compatible=True, sentence=sentence)
    require_pair(tmp_path / "target.gguf", tmp_path / "draft.gguf")


@pytest.mark.parametrize(
    ("target", "draft", "sentence"), INCOMPATIBLE.values(), ids=INCOMPATIBLE.keys()
)
def test_a_pair_that_does_not_fit(
    tmp_path: Path,
    target: dict[str, Stored | None],
    draft: dict[str, Stored | None],
    sentence: str,
) -> None:
    assert verdict(tmp_path, target, draft) == PairVerdict(compatible=False, sentence=sentence)
    with pytest.raises(IncompatiblePair) as caught:
        require_pair(tmp_path / "target.gguf", tmp_path / "draft.gguf")
    assert caught.value.message == sentence


def test_a_file_without_a_vocabulary_fits_nothing(tmp_path: Path) -> None:
    bare = write_gguf(tmp_path / "bare.gguf", {"general.architecture": "clip"}, [])
    target = write_chat_model(tmp_path / "target.gguf")
    assert check_pair(target, bare) == PairVerdict(
        compatible=False, sentence="bare.gguf has no vocabulary."
    )


def test_sentencepiece_tokens_show_their_spaces(tmp_path: Path) -> None:
    target = {**SPM, **vocabulary(*TOKENS[:8], "▁an", "b")}
    draft = {**SPM, **vocabulary(*TOKENS[:8], "▁the▁", "b")}
    assert verdict(tmp_path, target, draft).sentence.startswith("Token 8 differs: “ an” / “ the ”.")


def test_a_bad_file_is_its_own_error(tmp_path: Path) -> None:
    good = write_chat_model(tmp_path / "target.gguf")
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"nothing")
    with pytest.raises(BadModelFile):
        check_pair(good, bad)
    with pytest.raises(ModelNotFound):
        check_pair(tmp_path / "gone.gguf", good)

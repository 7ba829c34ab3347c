"""What is told about a model, and which files are not models one can chat with."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadModelFile, ModelNotFound
from engine.library.chat_fitness import ModelKind
from engine.library.metadata import inspect_model, require_chat_model
from tests.gguf_files import (
    CHAT_METADATA,
    CHAT_TENSORS,
    F16,
    TOKENS,
    Stored,
    Tensor,
    chat_metadata,
    write_chat_model,
    write_gguf,
)


def test_a_chat_model_is_described(tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "m.gguf")
    info = inspect_model(path)
    assert info.path == path
    assert info.name == "Tiny"
    assert info.architecture == "llama"
    assert info.quantization == "Q4_K_M"
    assert info.size_bytes == path.stat().st_size
    assert info.parameters == 32 * 10 + 32 + 32 * 10
    assert info.context_length == 128
    assert info.block_count == 2
    assert info.embedding_length == 32
    assert info.head_counts == (4,)
    assert info.head_counts_kv == (2,)
    assert info.key_length == info.value_length == 8
    assert info.vocabulary_size == len(TOKENS)
    assert (info.tokenizer, info.pre_tokenizer) == ("gpt2", "qwen2")
    assert info.chat_template == "{{ messages }}"
    assert info.licence == "apache-2.0"
    assert info.split_count == 1
    assert info.kind is ModelKind.CHAT
    assert info.active_bytes == sum(tensor.size for tensor in CHAT_TENSORS)
    assert info.vocabulary is not None
    assert (info.vocabulary.kind, info.vocabulary.label, info.vocabulary.size) == (
        "BPE",
        "qwen2",
        10,
    )
    assert info.is_chat_model
    require_chat_model(info)


def test_a_vocabulary_is_known_by_its_tokens_alone(tmp_path: Path) -> None:
    digests = [
        info.vocabulary.digest
        for number, changes in enumerate(SAME_AND_OTHER_VOCABULARIES)
        if (
            info := inspect_model(write_chat_model(tmp_path / f"{number}.gguf", **changes))
        ).vocabulary
    ]
    assert len(digests) == len(SAME_AND_OTHER_VOCABULARIES)
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(digests) - 1


def test_of_a_mixture_only_the_experts_in_use_count_as_active(tmp_path: Path) -> None:
    dense = Tensor("blk.0.attn_norm.weight", (32,))
    experts = Tensor("blk.0.ffn_up_exps.weight", (32, 64, 8), F16)
    metadata = chat_metadata(llama__expert_count=8, llama__expert_used_count=2)
    info = inspect_model(write_gguf(tmp_path / "m.gguf", metadata, [dense, experts]))
    assert info.active_bytes == dense.size + experts.size // 4


def test_heads_may_differ_per_layer_and_have_their_own_lengths(tmp_path: Path) -> None:
    info = inspect_model(
        write_chat_model(
            tmp_path / "m.gguf",
            llama__attention__head_count=np.array([4, 8], np.int32),
            llama__attention__head_count_kv=None,
            llama__attention__key_length=16,
            llama__attention__value_length=24,
        )
    )
    assert info.head_counts == info.head_counts_kv == (4, 8)
    assert (info.key_length, info.value_length) == (16, 24)


def test_missing_texts_have_their_stand_ins(tmp_path: Path) -> None:
    info = inspect_model(
        write_chat_model(
            tmp_path / "my-model.gguf",
            general__name=None,
            general__license=None,
            general__file_type=None,
            tokenizer__chat_template=None,
        )
    )
    assert info.name == "my-model"
    assert info.licence == ""
    assert info.quantization == "F16"  # most of the bytes
    assert info.chat_template is None
    assert info.is_chat_model


def test_a_guessed_file_type_is_named_too(tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "m.gguf", general__file_type=1024 + 18)
    assert inspect_model(path).quantization == "Q6_K"


def test_untrusted_texts_are_made_printable(tmp_path: Path) -> None:
    name = "Nice\x1b]0;pwned\x07\n\u202emodel " + "x" * 500
    info = inspect_model(write_chat_model(tmp_path / "m.gguf", general__name=name))
    assert info.name.isprintable()
    assert info.name.startswith("Nice ]0;pwned model x")
    assert len(info.name) == 80


SAME_AND_OTHER_VOCABULARIES: list[dict[str, Stored | None]] = [
    {},
    {"general__name": "Another", "llama__context_length": 64},
    {"tokenizer__ggml__tokens": (*TOKENS[:-1], "z")},
    {"tokenizer__ggml__pre": "llama-bpe"},
    {"tokenizer__ggml__add_bos_token": True},
    {"tokenizer__ggml__token_type": np.full(len(TOKENS), 5, np.int32)},
]
REFUSED: dict[str, tuple[dict[str, Stored | None], str]] = {
    "bert": ({"general__architecture": "bert"}, "is an embedding model"),
    "nomic": ({"general__architecture": "nomic-bert"}, "is an embedding model"),
    "jina": ({"general__architecture": "jina-bert-v2"}, "is an embedding model"),
    "pooled": ({"llama__pooling_type": 3}, "is an embedding model"),
    "not causal": ({"llama__attention__causal": False}, "is an embedding model"),
    "reranker": ({"llama__pooling_type": 4}, "is a reranker"),
    "mmproj": ({"general__architecture": "clip"}, "is the picture part (mmproj)"),
    "draft head": ({"general__architecture": "eagle3"}, "is a draft head for one target"),
    "speech": ({"general__architecture": "wavtokenizer-dec"}, "is a speech model"),
    "diffusion": ({"general__architecture": "dream"}, "is a diffusion model"),
    "t5": ({"general__architecture": "t5"}, "is an encoder-decoder model"),
    "adapter": ({"general__type": "adapter"}, "is an adapter (LoRA)"),
    "control vector": ({"general__architecture": "controlvector"}, "is a control vector"),
    "imatrix": ({"general__type": "imatrix"}, "holds statistics for quantizing"),
    "nameless": ({"general__architecture": None}, "does not say which kind of model it is"),
    "no vocabulary": ({"tokenizer__ggml__model": None}, "has no vocabulary"),
    "no layers": ({"llama__block_count": None}, "does not say its block count"),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_one_cannot_chat_with_says_why(
    tmp_path: Path, changes: dict[str, Stored | None], reason: str
) -> None:
    info = inspect_model(write_chat_model(tmp_path / "m.gguf", **changes))
    assert info.refusal.startswith(f"m.gguf {reason}")
    assert not info.is_chat_model
    with pytest.raises(BadModelFile) as caught:
        require_chat_model(info)
    assert caught.value.message == info.refusal


@pytest.mark.parametrize("name", ["mtp-qwen.gguf", "eagle3-qwen.gguf", "Qwen-mmproj-f16.gguf"])
def test_a_companion_file_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    info = inspect_model(write_chat_model(tmp_path / name))
    assert info.refusal.startswith(f"{name} is ")


def test_pooling_that_is_none_is_a_chat_model(tmp_path: Path) -> None:
    assert inspect_model(write_chat_model(tmp_path / "m.gguf", llama__pooling_type=0)).is_chat_model


def test_a_vocabulary_without_weights_is_refused(tmp_path: Path) -> None:
    info = inspect_model(write_gguf(tmp_path / "m.gguf", CHAT_METADATA, []))
    assert info.refusal == "m.gguf holds a vocabulary but no weights."


def split_model(folder: Path, count: int = 2) -> Path:
    """A model in `count` files; the path of the first."""
    for number in range(count):
        position: dict[str, Stored] = {"split.no": number, "split.count": count}
        metadata = {**(chat_metadata() if number == 0 else {}), **position}
        path = folder / f"big-{number + 1:05}-of-{count:05}.gguf"
        write_gguf(path, metadata, [Tensor(f"blk.{number}.weight", (100,), F16)])
    return folder / f"big-00001-of-{count:05}.gguf"


def test_a_split_model_is_summed_up_over_its_files(tmp_path: Path) -> None:
    info = inspect_model(split_model(tmp_path))
    assert info.split_count == 2
    assert info.parameters == 200
    assert info.size_bytes == sum(file.stat().st_size for file in tmp_path.glob("*.gguf"))
    assert info.is_chat_model


def test_a_split_model_is_opened_by_its_first_part(tmp_path: Path) -> None:
    split_model(tmp_path)
    with pytest.raises(BadModelFile, match="is not the first part of its model"):
        inspect_model(tmp_path / "big-00002-of-00002.gguf")


def test_a_missing_or_truncated_part_is_named(tmp_path: Path) -> None:
    first = split_model(tmp_path)
    second = tmp_path / "big-00002-of-00002.gguf"
    second.write_bytes(second.read_bytes()[:-100])
    with pytest.raises(BadModelFile, match=r"^big-00002-of-00002\.gguf ends early"):
        inspect_model(first)
    second.unlink()
    with pytest.raises(ModelNotFound, match=r"^big-00002-of-00002\.gguf is not there"):
        inspect_model(first)


def test_a_renamed_part_says_how_it_has_to_be_called(tmp_path: Path) -> None:
    renamed = split_model(tmp_path).rename(tmp_path / "renamed.gguf")
    with pytest.raises(BadModelFile) as caught:
        inspect_model(renamed)
    assert caught.value.sentence == (
        "renamed.gguf is part of a model in 2 files, but its name does not say so. "
        "Its name has to end in -00001-of-00002.gguf."
    )

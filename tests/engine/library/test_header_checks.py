"""Values that fit the format but that llama.cpp would not survive, and some that it does."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadModelFile
from engine.library.gguf_header import read_header
from tests.gguf_files import (
    CHAT_METADATA,
    F16,
    I32,
    TOKENS,
    Stored,
    Tensor,
    chat_metadata,
    write_gguf,
)


def refusal(path: Path) -> str:
    with pytest.raises(BadModelFile) as caught:
        read_header(path)
    return caught.value.message


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

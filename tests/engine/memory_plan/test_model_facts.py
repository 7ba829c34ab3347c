"""The sizes of a model's parts, from headers of several architectures."""

from pathlib import Path

import numpy as np
import pytest

from engine.config import KvType
from engine.memory_plan.cache_size import CacheSize
from engine.memory_plan.machine_facts import RAM
from engine.memory_plan.model_facts import ModelFacts, read_model_facts
from engine.memory_plan.needs import Needs, Split
from tests.gguf_files import F16, Q4_0, TOKENS, Stored, Tensor, chat_metadata, write_gguf

ENDS = (
    Tensor("token_embd.weight", (32, len(TOKENS)), Q4_0),
    Tensor("output_norm.weight", (32,)),
)
OUTPUT = Tensor("output.weight", (32, len(TOKENS)), F16)


def dense(layers: int = 2) -> list[Tensor]:
    return [
        tensor
        for layer in range(layers)
        for tensor in (
            Tensor(f"blk.{layer}.attn_q.weight", (32, 32), F16),
            Tensor(f"blk.{layer}.attn_norm.weight", (32,)),
            Tensor(f"blk.{layer}.ffn_up.weight", (32, 64), F16),
        )
    ]


def facts(path: Path, tensors: list[Tensor], **changes: Stored | None) -> ModelFacts:
    return read_model_facts(write_gguf(path / "m.gguf", chat_metadata(**changes), tensors))


def cache_bytes(model: ModelFacts, kv_type: KvType = KvType.F16, cells: int = 256) -> int:
    needs = Needs(model, CacheSize(cells, 64, 1, 4), kv_type)
    return needs.on(Split())[RAM].kv_cache


def test_tensors_are_counted_where_llama_cpp_puts_them(tmp_path: Path) -> None:
    model = facts(tmp_path, [*ENDS, OUTPUT, *dense()])
    assert (model.embedding, model.output) == (180, 32 * 4 + 32 * 10 * 2)
    assert not model.tied
    assert [(layer.attention, layer.feed_forward) for layer in model.layers] == [
        (32 * 32 * 2 + 128, 32 * 64 * 2)
    ] * 2
    assert model.largest_tensor == 32 * 64 * 2
    assert model.vocabulary_size == len(TOKENS)


def test_a_tied_output_on_a_device_is_a_copy_of_the_embedding(tmp_path: Path) -> None:
    model = facts(tmp_path, [*ENDS, *dense()])
    assert model.tied
    assert model.output_layer == 128 + 180


def test_all_parts_of_a_split_model_count(tmp_path: Path) -> None:
    split = {"split.count": 2, "split.tensors.count": 5}
    first = tmp_path / "m-00001-of-00002.gguf"
    write_gguf(first, {**chat_metadata(), **split, "split.no": 0}, [*ENDS, OUTPUT])
    write_gguf(
        tmp_path / "m-00002-of-00002.gguf", {**chat_metadata(), **split, "split.no": 1}, dense()
    )
    whole = facts(tmp_path, [*ENDS, OUTPUT, *dense()])
    assert read_model_facts(first).weights == whole.weights


@pytest.mark.parametrize(
    ("kv_type", "bytes_of_32"), [(KvType.F16, 64), (KvType.Q8_0, 34), (KvType.Q4_0, 18)]
)
def test_the_kv_cache_by_its_type(tmp_path: Path, kv_type: KvType, bytes_of_32: int) -> None:
    model = facts(tmp_path, [*ENDS, *dense()])
    # 2 key-value heads of 8 numbers, keys and values, 2 layers: 64 numbers for each cell.
    assert cache_bytes(model, kv_type) == 256 * 2 * bytes_of_32


def test_heads_may_differ_from_layer_to_layer(tmp_path: Path) -> None:
    heads = np.array([4, 0], np.int32)
    model = facts(tmp_path, [*ENDS, *dense()], llama__attention__head_count_kv=heads)
    assert [(layer.key_width, layer.value_width) for layer in model.layers] == [(32, 32), (0, 0)]


def test_keys_and_values_of_their_own_length(tmp_path: Path) -> None:
    model = facts(
        tmp_path,
        [*ENDS, *dense()],
        llama__attention__key_length=16,
        llama__attention__value_length=12,
    )
    assert (model.layers[0].key_width, model.layers[0].value_width) == (32, 24)
    assert model.query_width == 64


def test_latent_attention_keeps_no_values(tmp_path: Path) -> None:
    model = facts(
        tmp_path,
        [*ENDS, *dense()],
        llama__attention__head_count_kv=1,
        llama__attention__key_length=40,
        llama__attention__key_length_mla=24,
    )
    assert (model.layers[0].key_width, model.layers[0].value_width) == (40, 0)


def test_a_sliding_window_keeps_all_cells_and_adds_a_mask(tmp_path: Path) -> None:
    """Paths of a tree can only be cut where no cell was overwritten."""
    plain = facts(tmp_path, [*ENDS, *dense()])
    windowed = facts(
        tmp_path,
        [*ENDS, *dense()],
        llama__attention__sliding_window=64,
        llama__attention__sliding_window_pattern=np.array([1, 0], np.int32),
        llama__attention__key_length_swa=4,
    )
    assert (plain.masks, windowed.masks) == (1, 2)
    assert [layer.key_width for layer in windowed.layers] == [8, 16]
    assert cache_bytes(windowed, cells=512) == 512 * 2 * (8 + 16 + 16 + 16)


def test_experts_are_apart_and_only_some_work_on_a_token(tmp_path: Path) -> None:
    experts = [Tensor(f"blk.{layer}.ffn_up_exps.weight", (32, 16, 8), F16) for layer in range(2)]
    model = facts(
        tmp_path,
        [*ENDS, *dense(), *experts],
        llama__expert_count=8,
        llama__expert_used_count=4,
        llama__expert_feed_forward_length=96,
    )
    assert [layer.experts for layer in model.layers] == [32 * 16 * 8 * 2] * 2
    assert (model.expert_rows, model.expert_count) == (4, 8)
    assert model.feed_forward_width == 4 * 96


def test_recurrent_layers_keep_a_state_for_each_slot(tmp_path: Path) -> None:
    model = facts(
        tmp_path,
        [*ENDS, *dense()],
        llama__full_attention_interval=2,
        llama__ssm__inner_size=64,
        llama__ssm__state_size=16,
        llama__ssm__conv_kernel=4,
        llama__ssm__group_count=2,
    )
    assert [layer.key_width for layer in model.layers] == [0, 16]
    assert model.layers[0].state == 4 * (3 * (64 + 2 * 2 * 16) + 64 * 16)
    assert model.layers[1].state == 0

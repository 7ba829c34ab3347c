"""Expert tensors that stay in RAM though their layer is on a device."""

import logging
from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.config import ModelConfig, Placement
from engine.llama.library import log
from engine.llama.model import LlamaModel
from tests.gguf_files import F16, TOKENS, Tensor, chat_metadata, write_gguf

pytestmark = pytest.mark.real_model
WIDTH, INNER, EXPERTS, LAYERS = 32, 64, 4, 3


def layer(index: int) -> list[Tensor]:
    shapes = {
        "attn_norm": (WIDTH,),
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (WIDTH, WIDTH // 2),
        "attn_v": (WIDTH, WIDTH // 2),
        "attn_output": (WIDTH, WIDTH),
        "attn_q_norm": (8,),
        "attn_k_norm": (8,),
        "ffn_norm": (WIDTH,),
        "ffn_gate_inp": (WIDTH, EXPERTS),
        "ffn_gate_exps": (WIDTH, INNER, EXPERTS),
        "ffn_up_exps": (WIDTH, INNER, EXPERTS),
        "ffn_down_exps": (INNER, WIDTH, EXPERTS),
    }
    return [
        Tensor(f"blk.{index}.{name}.weight", shape, F16 if len(shape) > 1 else 0)
        for name, shape in shapes.items()
    ]


def mixture(path: Path) -> Path:
    """A model of experts with nothing in its weights."""
    metadata = {
        key.replace("llama.", "qwen3moe."): value for key, value in chat_metadata().items()
    } | {
        "general.architecture": "qwen3moe",
        "qwen3moe.block_count": LAYERS,
        "qwen3moe.expert_count": EXPERTS,
        "qwen3moe.expert_used_count": 2,
        "qwen3moe.expert_feed_forward_length": INNER,
        "qwen3moe.attention.key_length": 8,
        "qwen3moe.attention.value_length": 8,
    }
    ends = [
        Tensor("token_embd.weight", (WIDTH, len(TOKENS)), F16),
        Tensor("output_norm.weight", (WIDTH,)),
        Tensor("output.weight", (WIDTH, len(TOKENS)), F16),
    ]
    tensors = [*ends, *(tensor for index in range(LAYERS) for tensor in layer(index))]
    return write_gguf(path, metadata, tensors)


def test_the_first_layers_experts_go_to_the_cpu(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    placement = Placement(devices=(), cpu_experts=2)
    config = ModelConfig(path=mixture(tmp_path / "moe.gguf"), placement=placement)
    with caplog.at_level(logging.DEBUG, log.name):
        LlamaModel(config, lambda _fraction: None, CancelToken()).close()
    moved = [
        record.getMessage().split()[1]
        for record in caplog.records
        if "buffer type overridden to CPU" in record.getMessage()
    ]
    assert sorted(moved) == sorted(
        f"blk.{index}.ffn_{part}_exps.weight"
        for index in range(2)
        for part in ("gate", "up", "down")
    )

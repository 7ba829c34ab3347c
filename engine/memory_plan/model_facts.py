"""What the memory plan knows of a model: the sizes of its parts, from the header alone."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine.library.gguf_format import GgufHeader, TensorInfo, is_whole
from engine.library.gguf_header import read_header
from engine.library.header_checks import key_length, value_length
from engine.library.split_files import part_paths

_LAYER: Final = re.compile(r"blk\.(\d+)\.(.+)")
_INPUTS: Final = ("token_embd", "token_types", "position_embd", "per_layer_")
"""Tensors beside the layers that llama.cpp always keeps in RAM; the others go with the output."""
_OUTPUT: Final = "output.weight"
_STATE_BYTES: Final = 4
"""Recurrent states are F32."""


@dataclass(frozen=True)
class LayerFacts:
    """One layer. Sizes in bytes."""

    attention: int
    """Also norms, and whatever else is neither of the next two."""
    feed_forward: int
    experts: int
    key_width: int
    """Numbers that one token adds to the KV cache."""
    value_width: int
    state: int = 0
    """Bytes of running state for each slot: recurrent layers have it instead of a KV cache."""

    @property
    def weights(self) -> int:
        """All tensors."""
        return self.attention + self.feed_forward + self.experts


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """One model, all its files together. Sizes in bytes."""

    path: Path
    layers: tuple[LayerFacts, ...]
    layer_elements: int
    embedding: int
    embedding_elements: int
    output: int
    """Tensors after the last layer, without a tied output."""
    output_elements: int
    tied: bool
    """Whether the output layer uses the embedding: a second copy of it where it is on a device."""
    largest_tensor: int
    """Of the layers."""
    embedding_length: int
    feed_forward_width: int
    """Widest inner row of a feed-forward network, all experts of a token together."""
    expert_rows: int
    """Experts that work on a token; 0 for a dense model."""
    expert_count: int
    query_width: int
    masks: int
    """Attention masks of a pass: 2 where some layers see only a sliding window."""
    vocabulary_size: int
    trained_context: int

    @property
    def weights(self) -> int:
        """All tensors, as they are in the file."""
        return sum(layer.weights for layer in self.layers) + self.embedding + self.output

    @property
    def experts(self) -> int:
        """Expert tensors of all layers."""
        return sum(layer.experts for layer in self.layers)

    @property
    def output_layer(self) -> int:
        """What the output layer needs on a device."""
        return self.output + (self.embedding if self.tied else 0)


def read_model_facts(path: Path) -> ModelFacts:
    """Read the headers of all parts. Raises `ModelNotFound` or `BadModelFile`."""
    header = read_header(path)
    tensors = list(header.tensors)
    for part in part_paths(header)[1:]:
        tensors += read_header(part).tensors
    return _facts(header, tensors)


def _facts(header: GgufHeader, tensors: list[TensorInfo]) -> ModelFacts:
    layers: defaultdict[int, list[TensorInfo]] = defaultdict(list)
    inputs: list[TensorInfo] = []
    outputs: list[TensorInfo] = []
    for tensor in tensors:
        if match := _LAYER.fullmatch(tensor.name):
            layers[int(match[1])].append(tensor)
        else:
            (inputs if tensor.name.startswith(_INPUTS) else outputs).append(tensor)
    # llama.cpp skips the layers that predict several tokens ahead.
    count = _number(header, "block_count") - _number(header, "nextn_predict_layers")
    of_layers = [tensor for layer in range(count) for tensor in layers[layer]]
    return ModelFacts(
        path=header.path,
        layers=tuple(_layer(header, index, layers[index]) for index in range(count)),
        layer_elements=_elements(of_layers),
        embedding=_size(inputs),
        embedding_elements=_elements(inputs),
        output=_size(outputs),
        output_elements=_elements(outputs),
        tied=all(tensor.name != _OUTPUT for tensor in outputs),
        largest_tensor=max((tensor.size for tensor in of_layers), default=0),
        embedding_length=_number(header, "embedding_length"),
        feed_forward_width=_feed_forward_width(header),
        expert_rows=max(header.per_layer("expert_used_count"), default=0),
        expert_count=_number(header, "expert_count"),
        query_width=max(header.per_layer("attention.head_count"), default=0) * key_length(header),
        masks=2 if _number(header, "attention.sliding_window") else 1,
        vocabulary_size=len(header.strings("tokenizer.ggml.tokens") or ()),
        trained_context=_number(header, "context_length"),
    )


def _layer(header: GgufHeader, index: int, tensors: list[TensorInfo]) -> LayerFacts:
    experts = _size([tensor for tensor in tensors if "_exps." in tensor.name])
    feed_forward = _size([tensor for tensor in tensors if ".ffn_" in tensor.name]) - experts
    keys, values = _cache_widths(header, index)
    return LayerFacts(
        attention=_size(tensors) - feed_forward - experts,
        feed_forward=feed_forward,
        experts=experts,
        key_width=keys,
        value_width=values,
        state=0 if keys else _state_bytes(header),
    )


def _cache_widths(header: GgufHeader, index: int) -> tuple[int, int]:
    """Numbers in the keys and in the values of one token (llama_hparams::n_embd_k_gqa, ..._v_gqa).

    With latent attention (MLA) the values are computed from the keys and not kept.
    """
    if _keeps_no_tokens(header, index):
        return 0, 0
    counts = header.per_layer("attention.head_count_kv") or header.per_layer("attention.head_count")
    heads = _of_layer(counts, index)
    narrow = _is_windowed(header, index)
    keys = heads * ((narrow and _number(header, "attention.key_length_swa")) or key_length(header))
    if header.of_model("attention.key_length_mla") is not None:
        return keys, 0
    values = (narrow and _number(header, "attention.value_length_swa")) or value_length(header)
    return keys, heads * values


def _keeps_no_tokens(header: GgufHeader, index: int) -> bool:
    """Layers that look into another layer's cache, and the recurrent ones between full ones."""
    interval = _number(header, "full_attention_interval")
    recurrent = interval > 0 and (index + 1) % interval != 0
    shared = _number(header, "attention.shared_kv_layers")
    return recurrent or index >= _number(header, "block_count") - shared


def _is_windowed(header: GgufHeader, index: int) -> bool:
    pattern = header.numbers(f"{header.architecture}.attention.sliding_window_pattern")
    return pattern is not None and index < len(pattern) and bool(pattern[index])


def _state_bytes(header: GgufHeader) -> int:
    """Of a state-space layer, for each slot (llama_hparams::n_embd_r, n_embd_s)."""
    inner, state = _number(header, "ssm.inner_size"), _number(header, "ssm.state_size")
    kernel, groups = _number(header, "ssm.conv_kernel"), _number(header, "ssm.group_count")
    convolution = max(kernel - 1, 0) * (inner + 2 * groups * state)
    return _STATE_BYTES * (convolution + inner * state)


def _feed_forward_width(header: GgufHeader) -> int:
    dense = max(header.per_layer("feed_forward_length"), default=0)
    experts = max(header.per_layer("expert_used_count"), default=0)
    return max(dense, experts * _number(header, "expert_feed_forward_length"))


def _of_layer(values: tuple[int, ...], index: int) -> int:
    """One value for all layers, or one per layer; 0 where the file has none."""
    if len(values) <= 1:
        return values[0] if values else 0
    return values[index] if index < len(values) else 0


def _number(header: GgufHeader, name: str) -> int:
    value = header.of_model(name)
    return value if is_whole(value) else 0


def _size(tensors: list[TensorInfo]) -> int:
    return sum(tensor.size for tensor in tensors)


def _elements(tensors: list[TensorInfo]) -> int:
    return sum(tensor.elements for tensor in tensors)


LAYER_BITS: Final = {
    "Q8_0": 8.5,
    "Q6_K": 6.56,
    "Q5_K_M": 5.7,
    "Q4_K_M": 4.85,
    "Q3_K_M": 3.9,
    "Q2_K": 3.0,
}
"""Bits per weight of the layers in llama.cpp's mixtures, largest first."""
_OTHER_BITS: Final = {"F16": 16.0, "Q4_0": 4.5, "Q3_K_S": 3.5}
_OUTPUT_TOO: Final = ("Q4_0",)
"""Copies of ours whose output is as coarse as the layers (engine/llama/quantize.py)."""
_OUTPUT_BITS: Final = 6.56
"""Of the output and of a tied embedding in all mixtures below Q8_0 (llama-quant.cpp: Q6_K)."""


def requantized(facts: ModelFacts, quantization: str) -> ModelFacts:
    """The same model in another mixture, about."""
    bits = (LAYER_BITS | _OTHER_BITS)[quantization]
    now = sum(layer.weights for layer in facts.layers)
    ratio = facts.layer_elements * bits / 8 / max(now, 1)
    ends = (bits if quantization in _OUTPUT_TOO else max(bits, _OUTPUT_BITS)) / 8
    return replace(
        facts,
        layers=tuple(_scaled(layer, ratio) for layer in facts.layers),
        embedding=round(facts.embedding_elements * (ends if facts.tied else bits / 8)),
        output=round(facts.output_elements * ends),
        largest_tensor=round(facts.largest_tensor * ratio),
    )


def bits_of(quantization: str) -> float:
    """Bits per weight; of a quantization that is not known, those of a common one."""
    return (LAYER_BITS | _OTHER_BITS).get(quantization, LAYER_BITS["Q4_K_M"])


def _scaled(layer: LayerFacts, ratio: float) -> LayerFacts:
    return replace(
        layer,
        attention=round(layer.attention * ratio),
        feed_forward=round(layer.feed_forward * ratio),
        experts=round(layer.experts * ratio),
    )

"""Checks that a header's values fit each other.

Each stands for something in llama.cpp (0.3.36) that ends the process, or would make it read past
an array. What llama.cpp itself refuses cleanly, or tolerates in files people have (a padding token
outside the vocabulary), is left to it.
"""

import math
from typing import Final

import numpy as np

from engine.language import tr, whole
from engine.library.gguf_format import GgufHeader, HeaderFault, StringArray, Value, is_whole
from engine.library.printable import printable, shown_size

MAX_BLOCKS: Final = 512
MAX_EXPERTS: Final = 1024
MAX_TEMPLATE_BYTES: Final = 1 << 20
_MAX_WIDTH: Final = 1 << 20
_MAX_CONTEXT: Final = 1 << 30
_ROPE_SCALINGS: Final = ("none", "linear", "yarn", "longrope")
_ONE_EXPERT_IS_NONE: Final = ("hunyuan-dense", "hunyuan_vl")
_NO_VOCABULARY: Final = ("no_vocab", "none")

_RANGES: Final = {
    "block_count": (1, MAX_BLOCKS),
    "context_length": (1, _MAX_CONTEXT),
    "embedding_length": (1, _MAX_WIDTH),
    "feed_forward_length": (0, 1 << 24),
    "attention.head_count": (0, _MAX_WIDTH),
    "attention.head_count_kv": (0, _MAX_WIDTH),
    "attention.key_length": (1, _MAX_WIDTH),
    "attention.value_length": (1, _MAX_WIDTH),
    "rope.dimension_count": (0, _MAX_WIDTH),
    "expert_count": (0, MAX_EXPERTS),
    "expert_used_count": (0, MAX_EXPERTS),
    "nextn_predict_layers": (0, MAX_BLOCKS),
}
_EPSILONS: Final = (
    "attention.layer_norm_epsilon",
    "attention.layer_norm_rms_epsilon",
    "attention.group_norm_epsilon",
)
_ALWAYS_F32: Final = ("_norm.weight", "_norm.bias")
_NEVER_WEIGHTS: Final = ("I8", "I16", "I32", "I64", "F64", "Q8_1", "Q8_K")
_INDEX_TABLES: Final = ("ffn_gate_tid2eid.weight", "d2t")
_TOKEN_LISTS: Final = {"scores": ("f4", "i4"), "token_type": ("i4",)}


def check_consistency(header: GgufHeader) -> None:
    """Raise `HeaderFault` for the first value that llama.cpp would not survive."""
    _check_ranges(header)
    _check_layers(header)
    _check_experts(header)
    _check_numerics(header)
    _check_template(header)
    _check_vocabulary(header)
    _check_tensor_types(header)


def _check_ranges(header: GgufHeader) -> None:
    for name, (low, high) in _RANGES.items():
        value = header.of_model(name)
        if value is None:
            continue
        numbers = header.per_layer(name)
        if not numbers or not all(low <= number <= high for number in numbers):
            raise HeaderFault(tr("is damaged: its {name} makes no sense.").format(name=name))


def _check_layers(header: GgufHeader) -> None:
    """Per-layer lists have one entry per layer; query heads divide among the KV heads."""
    blocks = _whole(header.of_model("block_count"))
    heads = header.per_layer("attention.head_count")
    kv_heads = header.per_layer("attention.head_count_kv")
    if _whole(header.of_model("nextn_predict_layers")) > blocks:
        raise HeaderFault(tr("is damaged: it predicts with more layers than it has."))
    for query, kv in zip(_spread(heads, blocks), _spread(kv_heads, blocks), strict=False):
        if query and kv and query % kv:
            raise HeaderFault(
                tr("is damaged: {query} attention heads share {kv} key heads.").format(
                    query=query, kv=kv
                )
            )


def _check_experts(header: GgufHeader) -> None:
    experts = _whole(header.of_model("expert_count"))
    used = max(header.per_layer("expert_used_count"), default=0)
    if experts <= 1 and header.architecture in _ONE_EXPERT_IS_NONE:
        return
    if used > experts or (experts and not used):
        raise HeaderFault(
            tr("is damaged: it uses {used} of {experts} experts.").format(
                used=used, experts=experts
            )
        )
    groups = _whole(header.of_model("expert_group_count"))
    groups_used = _whole(header.of_model("expert_group_used_count"))
    if groups and groups >= experts:
        raise HeaderFault(
            tr("is damaged: it has {groups} groups of {experts} experts.").format(
                groups=groups, experts=experts
            )
        )
    if groups > 1 and (experts % groups or not 0 < groups_used < groups):
        raise HeaderFault(
            tr("is damaged: its {experts} experts do not form {groups} groups.").format(
                experts=experts, groups=groups
            )
        )


def _check_numerics(header: GgufHeader) -> None:
    for name in _EPSILONS:
        epsilon = header.of_model(name)
        if isinstance(epsilon, float) and not (math.isfinite(epsilon) and epsilon >= 0):
            raise HeaderFault(tr("is damaged: its {name} makes no sense.").format(name=name))
    scaling = header.of_model("rope.scaling.type")
    if isinstance(scaling, str) and scaling not in _ROPE_SCALINGS:
        raise HeaderFault(
            tr("uses the unknown rope scaling “{scaling}”.").format(scaling=printable(scaling))
        )
    rotated = _whole(header.of_model("rope.dimension_count"))
    head = key_length(header)
    if head and rotated > head:
        raise HeaderFault(
            tr("is damaged: it rotates {rotated} of {head} values of a head.").format(
                rotated=rotated, head=head
            )
        )


def _check_tensor_types(header: GgufHeader) -> None:
    for tensor in header.tensors:
        kind = tensor.type.name
        if tensor.name.endswith(_ALWAYS_F32) and kind != "F32":
            needed = tr("not F32")
        elif kind in _NEVER_WEIGHTS and not tensor.name.endswith(_INDEX_TABLES):
            needed = tr("not a format for weights")
        else:
            continue
        raise HeaderFault(
            tr("is damaged: its tensor “{name}” is {kind}, {needed}.").format(
                name=printable(tensor.name), kind=kind, needed=needed
            )
        )


def _check_template(header: GgufHeader) -> None:
    template = header.text("tokenizer.chat_template")
    if len(template) > MAX_TEMPLATE_BYTES:
        raise HeaderFault(
            tr("has a chat template of {size}, which is absurd.").format(
                size=shown_size(len(template))
            )
        )


def _check_vocabulary(header: GgufHeader) -> None:
    model = header.text("tokenizer.ggml.model")
    if not model or model in _NO_VOCABULARY:
        return
    tokens = header.strings("tokenizer.ggml.tokens")
    if not tokens:
        raise HeaderFault(tr("is damaged: it has a tokenizer but no tokens."))
    if len(set(_texts(tokens))) < len(tokens):
        raise HeaderFault(tr("is damaged: two of its tokens have the same text."))
    for name, types in _TOKEN_LISTS.items():
        _check_token_list(header, name, types, len(tokens))
    merges = header.metadata.get("tokenizer.ggml.merges")
    if merges is not None and not isinstance(merges, StringArray):
        raise HeaderFault(tr("is damaged: its merges are not texts."))


def _texts(tokens: StringArray) -> list[bytes]:
    # As llama.cpp stores them: C strings, an empty one under a name of its own.
    cut = (text.partition(b"\0")[0] for text in tokens)
    return [text or b"[EMPTY_%d]" % index for index, text in enumerate(cut)]


def _check_token_list(
    header: GgufHeader, name: str, types: tuple[str, ...], token_count: int
) -> None:
    key = f"tokenizer.ggml.{name}"
    if key not in header.metadata:
        return
    numbers = header.numbers(key)
    if numbers is None or not any(numbers.dtype == np.dtype(kind) for kind in types):
        raise HeaderFault(tr("is damaged: its {key} is not a list of numbers.").format(key=key))
    if len(numbers) < token_count:
        raise HeaderFault(
            tr("is damaged: its {key} covers {numbers} of {token_count} tokens.").format(
                key=key, numbers=whole(len(numbers)), token_count=whole(token_count)
            )
        )


def key_length(header: GgufHeader) -> int:
    """Values in one attention key, as llama.cpp derives it; 0 without attention heads."""
    return _head_length(header, "attention.key_length")


def value_length(header: GgufHeader) -> int:
    """Values in one attention value, as llama.cpp derives it; 0 without attention heads."""
    return _head_length(header, "attention.value_length")


def _head_length(header: GgufHeader, name: str) -> int:
    heads = header.per_layer("attention.head_count")
    if not heads or not heads[0]:
        return 0
    stored = _whole(header.of_model(name))
    return stored or _whole(header.of_model("embedding_length")) // heads[0]


def _whole(value: Value | None) -> int:
    return value if is_whole(value) else 0


def _spread(values: tuple[int, ...], layers: int) -> tuple[int, ...]:
    return values * layers if len(values) == 1 else values

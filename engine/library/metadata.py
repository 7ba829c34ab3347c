"""What a person and the memory plan want to know of a model file."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import BadModelFile
from engine.language import tr
from engine.library.chat_fitness import ModelKind, fitness_of
from engine.library.file_types import FILE_TYPES
from engine.library.gguf_format import GgufHeader, is_whole
from engine.library.gguf_header import read_header
from engine.library.header_checks import key_length, value_length
from engine.library.printable import printable, shown_name
from engine.library.split_files import part_count, part_paths
from engine.library.vocabulary import Fingerprint, vocabulary_of

_GUESSED_FILE_TYPE: Final = 1024
_EXPERTS: Final = "_exps."


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """One model. Texts are printable; a number is 0 and a text "" where the file does not say."""

    path: Path
    name: str
    architecture: str
    quantization: str
    """Such as "Q4_K_M"."""
    size_bytes: int
    """Of all files of a split model."""
    active_bytes: int
    """Of the weights that one token needs: of a mixture of experts, only those that are used."""
    parameters: int
    context_length: int
    """How long a text the model was trained on."""
    block_count: int
    embedding_length: int
    head_counts: tuple[int, ...]
    """Attention heads: one number for all layers, or one per layer."""
    head_counts_kv: tuple[int, ...]
    """Key and value heads, which the KV cache holds: the same."""
    key_length: int
    value_length: int
    vocabulary: Fingerprint | None
    vocabulary_size: int
    tokenizer: str
    pre_tokenizer: str
    chat_template: str | None
    """As stored, not made printable: it is a program."""
    licence: str
    split_count: int
    """How many files the model is spread over."""
    kind: ModelKind
    refusal: str
    """Why one cannot chat with it, as a sentence; "" if one can."""

    @property
    def is_chat_model(self) -> bool:
        """Whether it can be a target or a draft."""
        return not self.refusal


def inspect_model(path: Path) -> ModelInfo:
    """Describe a model from its header, or headers if it is split.

    Raises `ModelNotFound` or `BadModelFile`, also for what is wrong with another part.
    """
    header = read_header(path)
    parts = [header, *(read_header(part) for part in part_paths(header)[1:])]
    vocabulary = vocabulary_of(header)
    heads = header.per_layer("attention.head_count")
    kind, refusal = fitness_of(header)
    return ModelInfo(
        path=path,
        name=_name(header),
        architecture=printable(header.architecture),
        quantization=_quantization(parts),
        size_bytes=sum(part.file_size for part in parts),
        active_bytes=_active_bytes(parts),
        parameters=sum(tensor.elements for part in parts for tensor in part.tensors),
        context_length=_number(header, "context_length"),
        block_count=_number(header, "block_count"),
        embedding_length=_number(header, "embedding_length"),
        head_counts=heads,
        head_counts_kv=header.per_layer("attention.head_count_kv") or heads,
        key_length=key_length(header),
        value_length=value_length(header),
        vocabulary=vocabulary.fingerprint if vocabulary else None,
        vocabulary_size=len(vocabulary) if vocabulary else 0,
        tokenizer=printable(header.text("tokenizer.ggml.model")),
        pre_tokenizer=printable(header.text("tokenizer.ggml.pre")),
        chat_template=header.text("tokenizer.chat_template") or None,
        licence=printable(header.text("general.license")),
        split_count=part_count(header),
        kind=kind,
        refusal=f"{shown_name(path)} {refusal}" if refusal else "",
    )


def require_chat_model(info: ModelInfo) -> None:
    """Raise `BadModelFile` if the model cannot chat."""
    if info.refusal:
        raise BadModelFile(
            info.refusal,
            hint=tr("Choose a chat model."),
            detail=f"{info.path}: {info.architecture}",
        )


def _name(header: GgufHeader) -> str:
    return printable(header.text("general.name")) or printable(header.path.stem)


def _number(header: GgufHeader, name: str) -> int:
    value = header.of_model(name)
    return value if is_whole(value) else 0


def _active_bytes(parts: list[GgufHeader]) -> int:
    """Experts count by the share of them that a token uses."""
    experts = max(_number(parts[0], "expert_count"), 1)
    used = min(_number(parts[0], "expert_used_count") or experts, experts)
    tensors = [tensor for part in parts for tensor in part.tensors]
    choosable = sum(tensor.size for tensor in tensors if _EXPERTS in tensor.name)
    return sum(tensor.size for tensor in tensors) - choosable + choosable * used // experts


def _quantization(parts: list[GgufHeader]) -> str:
    """The name of the file type, or of the format that most bytes are in."""
    stored = parts[0].metadata.get("general.file_type")
    if is_whole(stored) and (label := FILE_TYPES.get(stored & ~_GUESSED_FILE_TYPE)):
        return label
    sizes: Counter[str] = Counter()
    for part in parts:
        for tensor in part.tensors:
            sizes[tensor.type.name] += tensor.size
    return sizes.most_common(1)[0][0] if sizes else ""

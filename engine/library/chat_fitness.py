"""Which GGUF files are not models one can chat with, and how to say so."""

from enum import StrEnum
from typing import Final, NamedTuple

from engine.language import tr
from engine.library.gguf_format import GgufHeader, is_whole
from engine.library.split_files import part_count
from engine.library.vocabulary import vocabulary_of


class ModelKind(StrEnum):
    """What a GGUF file holds."""

    CHAT = "chat"
    EMBEDDING = "embedding"
    RERANKER = "reranker"
    VISION_PART = "vision part"
    DRAFT_HEAD = "draft head"
    SPEECH = "speech"
    DIFFUSION = "diffusion"
    TRANSLATOR = "encoder-decoder"
    ADAPTER = "adapter"
    CONTROL_VECTOR = "control vector"
    STATISTICS = "statistics"
    VOCABULARY = "vocabulary"
    UNCLEAR = "unclear"
    """Its header leaves out what a chat model's has."""


_REFUSALS: Final = {
    ModelKind.EMBEDDING: tr("is an embedding model: it turns text into numbers and cannot answer."),
    ModelKind.RERANKER: tr("is a reranker: it orders texts and cannot answer."),
    ModelKind.VISION_PART: (
        tr("is the picture part (mmproj) of a vision model, not a model of its own.")
    ),
    ModelKind.DRAFT_HEAD: tr("is a draft head for one target, not a model of its own."),
    ModelKind.SPEECH: tr("is a speech model: it does not write text."),
    ModelKind.DIFFUSION: tr("is a diffusion model: it does not write from left to right."),
    ModelKind.TRANSLATOR: tr("is an encoder-decoder model, which this program does not run."),
    ModelKind.ADAPTER: tr("is an adapter (LoRA) for a model, not a model of its own."),
    ModelKind.CONTROL_VECTOR: tr("is a control vector for a model, not a model of its own."),
    ModelKind.STATISTICS: tr("holds statistics for quantizing, not a model."),
    ModelKind.VOCABULARY: tr("holds a vocabulary but no weights."),
}
_ARCHITECTURES: Final = {
    **dict.fromkeys(
        (
            "bert",
            "modern-bert",
            "nomic-bert",
            "nomic-bert-moe",
            "neo-bert",
            "jina-bert-v2",
            "jina-bert-v3",
            "eurobert",
            "gemma-embedding",
            "llama-embed",
            "t5encoder",
        ),
        ModelKind.EMBEDDING,
    ),
    **dict.fromkeys(("eagle3", "dflash", "gemma4-assistant"), ModelKind.DRAFT_HEAD),
    **dict.fromkeys(("wavtokenizer-dec", "qwen3tts", "pockettts"), ModelKind.SPEECH),
    **dict.fromkeys(("dream", "llada", "llada-moe", "rnd1"), ModelKind.DIFFUSION),
    "controlvector": ModelKind.CONTROL_VECTOR,
    "clip": ModelKind.VISION_PART,
    "t5": ModelKind.TRANSLATOR,
}
_FILE_KINDS: Final = {
    "adapter": ModelKind.ADAPTER,
    "imatrix": ModelKind.STATISTICS,
    "mmproj": ModelKind.VISION_PART,
}
_DRAFT_HEAD_NAMES: Final = ("mtp-", "eagle3-", "dflash-", "dspark-")
_NO_POOLING: Final = 0
_RANKING: Final = 4
_NEEDED: Final = ("block_count", "context_length", "embedding_length")


class Fitness(NamedTuple):
    """What a file is, and why one cannot chat with it."""

    kind: ModelKind
    refusal: str
    """To follow the file's name; "" if one can chat with it."""


def fitness_of(header: GgufHeader) -> Fitness:
    """What the header, or else the file's name, says that the file is."""
    for kind in (
        _FILE_KINDS.get(header.text("general.type")),
        _ARCHITECTURES.get(header.architecture),
        _kind_by_pooling(header),
        kind_by_name(header.path.name),
    ):
        if kind is not None:
            return Fitness(kind, _REFUSALS[kind])
    return _fitness_by_content(header)


def _kind_by_pooling(header: GgufHeader) -> ModelKind | None:
    if header.of_model("attention.causal") is False:
        return ModelKind.EMBEDDING
    pooling = header.of_model("pooling_type")
    if not is_whole(pooling) or pooling == _NO_POOLING:
        return None
    return ModelKind.RERANKER if pooling == _RANKING else ModelKind.EMBEDDING


def kind_by_name(name: str) -> ModelKind | None:
    """What a file's name says that it is; None for what may be a chat model."""
    name = name.lower()
    for word in ("mmproj", "imatrix"):
        if word in name:
            return _FILE_KINDS[word]
    return ModelKind.DRAFT_HEAD if name.startswith(_DRAFT_HEAD_NAMES) else None


def _fitness_by_content(header: GgufHeader) -> Fitness:
    if not header.architecture:
        return Fitness(ModelKind.UNCLEAR, tr("does not say which kind of model it is."))
    if vocabulary_of(header) is None:
        return Fitness(ModelKind.UNCLEAR, tr("has no vocabulary."))
    if not header.tensors and part_count(header) == 1:
        return Fitness(ModelKind.VOCABULARY, _REFUSALS[ModelKind.VOCABULARY])
    missing = next((name for name in _NEEDED if header.of_model(name) is None), "")
    if missing:
        lack = tr("does not say its {fact}.").format(fact=missing.replace("_", " "))
        return Fitness(ModelKind.UNCLEAR, lack)
    return Fitness(ModelKind.CHAT, "")

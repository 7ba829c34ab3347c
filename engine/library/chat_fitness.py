"""Which GGUF files are not models one can chat with, and how to say so."""

from typing import Final

from engine.library.gguf_format import GgufHeader, is_whole
from engine.library.split_files import part_count
from engine.library.vocabulary import vocabulary_of

_EMBEDDING: Final = "is an embedding model: it turns text into numbers and cannot answer."
_RERANKER: Final = "is a reranker: it orders texts and cannot answer."
_VISION_PART: Final = "is the picture part (mmproj) of a vision model, not a model of its own."
_DRAFT_HEAD: Final = "is a draft head for one target, not a model of its own."
_SPEECH: Final = "is a speech model: it does not write text."
_DIFFUSION: Final = "is a diffusion model: it does not write from left to right."
_TRANSLATOR: Final = "is an encoder-decoder model, which this program does not run."
_ADAPTER: Final = "is an adapter (LoRA) for a model, not a model of its own."
_STATISTICS: Final = "holds statistics for quantizing, not a model."

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
        _EMBEDDING,
    ),
    **dict.fromkeys(("eagle3", "dflash", "gemma4-assistant"), _DRAFT_HEAD),
    **dict.fromkeys(("wavtokenizer-dec", "qwen3tts", "pockettts"), _SPEECH),
    **dict.fromkeys(("dream", "llada", "llada-moe", "rnd1"), _DIFFUSION),
    "clip": _VISION_PART,
    "t5": _TRANSLATOR,
}
_FILE_KINDS: Final = {"adapter": _ADAPTER, "imatrix": _STATISTICS, "mmproj": _VISION_PART}
_DRAFT_HEAD_NAMES: Final = ("mtp-", "eagle3-", "dflash-", "dspark-")
_POOLINGS: Final = {0: "", 4: _RERANKER}
_NEEDED: Final = ("block_count", "context_length", "embedding_length")


def refusal_of(header: GgufHeader) -> str:
    """Why one cannot chat with this file, to follow its name; "" if one can."""
    return (
        _FILE_KINDS.get(header.text("general.type"), "")
        or _ARCHITECTURES.get(header.architecture, "")
        or _pooling_refusal(header)
        or _name_refusal(header.path.name.lower())
        or _content_refusal(header)
    )


def _pooling_refusal(header: GgufHeader) -> str:
    if header.of_model("attention.causal") is False:
        return _EMBEDDING
    pooling = header.of_model("pooling_type")
    return _POOLINGS.get(pooling, _EMBEDDING) if is_whole(pooling) else ""


def _name_refusal(name: str) -> str:
    if "mmproj" in name:
        return _VISION_PART
    return _DRAFT_HEAD if name.startswith(_DRAFT_HEAD_NAMES) else ""


def _content_refusal(header: GgufHeader) -> str:
    if not header.architecture:
        return "does not say which kind of model it is."
    if vocabulary_of(header) is None:
        return "has no vocabulary."
    if not header.tensors and part_count(header) == 1:
        return "holds a vocabulary but no weights."
    missing = next((name for name in _NEEDED if header.of_model(name) is None), "")
    return f"does not say its {missing.replace('_', ' ')}." if missing else ""

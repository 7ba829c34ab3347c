"""Where the low-bit copy of a target lives, which is the draft that fits any target."""

import hashlib
import os
from pathlib import Path
from typing import Final

from engine import paths
from engine.library.metadata import ModelInfo, inspect_model
from engine.library.model_file import open_model_file
from engine.machine import memory_limit

_SAMPLE: Final = 1 << 20
_TWICE_FOUR_BITS: Final = 7.5
"""Bits per weight from which a copy in 4.5 costs about half."""
_Q4_0_BITS: Final = 4.5
_SHARE_OF_MEMORY: Final = 0.7
"""Of all memory that a copy may take: KV caches and the pages of a streamed target need some."""
_STEM_LIMIT: Final = 100


def low_bit_type(target: Path, asked: str | None = None) -> str:
    """The quantization of the copy: what was asked for, else what guesses best for its cost.

    Of a target in 16 or 8 bits that is Q4_0: it agrees with the target far more often than Q2_K,
    and processors have faster kernels for it (docs/adr/0007). A copy of a target in about 4 bits
    must be coarser to be faster at all, and so must one that would fill this machine's memory.
    Raises `ModelNotFound`, `BadModelFile`.
    """
    return asked if asked is not None else suited_type(inspect_model(target))


def suited_type(model: ModelInfo) -> str:
    """The quantization that `low_bit_type` takes for a model where none was asked for."""
    halves_the_cost = 8 * model.size_bytes > _TWICE_FOUR_BITS * model.parameters
    fits = _Q4_0_BITS * model.parameters < 8 * _SHARE_OF_MEMORY * memory_limit()
    return "Q4_0" if halves_the_cost and fits else "Q2_K"


def low_bit_path(target: Path, asked: str | None) -> Path:
    """The file for the copy of `target` in `low_bit_type`; it may not exist yet, its folder does.

    The name holds the target's size and a hash of its first and last MiB, so that a changed target
    gets a new copy. Raises `ModelNotFound`, `BadModelFile` if the target cannot be read.
    """
    folder = paths.cache_dir() / "drafts"
    folder.mkdir(mode=0o700, exist_ok=True)
    stem = target.stem[:_STEM_LIMIT]
    quantization = low_bit_type(target, asked)
    return folder / f"{stem}-{quantization.lower()}-{model_identity(target)}.gguf"


def model_identity(path: Path) -> str:
    """A hash of the size and of the first and last MiB: another model has another one.

    Raises `ModelNotFound` if the file cannot be read.
    """
    with open_model_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(size.to_bytes(8))
        digest.update(file.read(_SAMPLE))
        file.seek(max(size - _SAMPLE, 0))
        digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:16]

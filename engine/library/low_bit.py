"""Where the low-bit copy of a target lives, which is the draft that fits any target."""

import hashlib
import os
from pathlib import Path
from typing import Final

from engine import paths
from engine.library.model_file import open_model_file

_SAMPLE: Final = 1 << 20
_STEM_LIMIT: Final = 100


def low_bit_path(target: Path, quantization: str) -> Path:
    """The file for the copy of `target` in `quantization`; it may not exist yet, its folder does.

    The name holds the target's size and a hash of its first and last MiB, so that a changed target
    gets a new copy. Raises `ModelNotFound` if the target cannot be read.
    """
    folder = paths.cache_dir() / "drafts"
    folder.mkdir(mode=0o700, exist_ok=True)
    stem = target.stem[:_STEM_LIMIT]
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

"""The target's own low-bit copy: the draft that needs no download and fits every target."""

import shutil
from collections.abc import Callable
from pathlib import Path

from engine.cancel import CancelToken
from engine.errors import DiskTrouble
from engine.language import decimal, tr
from engine.library.low_bit import low_bit_path
from engine.library.metadata import inspect_model
from engine.llama.quantize import quantize


def ensure_low_bit_copy(
    target: Path,
    quantization: str,
    *,
    on_progress: Callable[[float], None],
    cancel: CancelToken,
) -> Path:
    """The copy's path; makes the copy first where it does not exist.

    Raises `Cancelled`, `DiskTrouble`, `ModelLoadFailed`, `BadSetting`.
    """
    copy = low_bit_path(target, quantization)
    if not copy.exists():
        needed, free = inspect_model(target).size_bytes, shutil.disk_usage(copy.parent).free
        if free < needed:
            raise DiskTrouble(
                tr(
                    "A low-bit copy of {name} needs up to {needed} GB, and {free} GB are free."
                ).format(name=target.name, needed=decimal(needed / 1e9), free=decimal(free / 1e9)),
                hint=tr("Free some space, or choose another draft."),
            )
        quantize(target, copy, quantization, on_progress=on_progress, cancel=cancel)
    return copy

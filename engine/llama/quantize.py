"""Low-bit copies of a model, made in process: the best draft is the target itself, coarser."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.errors import BadSetting, Cancelled, DiskTrouble, ModelLoadFailed
from engine.llama.library import api, initialize, take_recent_errors

LOW_BIT_TYPES: Final = {
    "F16": api.LLAMA_FTYPE_MOSTLY_F16,
    "Q8_0": api.LLAMA_FTYPE_MOSTLY_Q8_0,
    "Q4_K_M": api.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    "Q3_K_S": api.LLAMA_FTYPE_MOSTLY_Q3_K_S,
    "Q2_K": api.LLAMA_FTYPE_MOSTLY_Q2_K,
}
"""Quantizations that need no importance matrix."""

_POLL_SECONDS: Final = 0.1


def quantize(
    source: Path,
    destination: Path,
    quantization: str,
    *,
    on_progress: Callable[[float], None],
    cancel: CancelToken,
) -> None:
    """Write a copy of `source` in `quantization`, atomically: the file is there whole or not.

    llama.cpp reports no progress and cannot be stopped here, so progress is the size of the growing
    file against the source's, and a cancel leaves the native call to finish into a `.part` file
    that the next attempt overwrites. Raises `Cancelled`, `ModelLoadFailed`, `DiskTrouble`.
    """
    if quantization not in LOW_BIT_TYPES:
        raise BadSetting(
            f"There is no quantization {quantization} here.",
            hint=f"There are: {', '.join(LOW_BIT_TYPES)}.",
        )
    destination.parent.mkdir(parents=True, exist_ok=True)
    part = destination.with_name(f"{destination.name}.{os.getpid()}.part")
    outcome = _start(source, part, LOW_BIT_TYPES[quantization])
    expected = source.stat().st_size
    while not outcome.done.wait(_POLL_SECONDS):
        if cancel.cancelled:
            raise Cancelled
        written = part.stat().st_size if part.exists() else 0
        on_progress(min(written / expected, 0.99))
    if outcome.code != 0:
        part.unlink(missing_ok=True)
        raise ModelLoadFailed(
            f"llama.cpp cannot make a {quantization} copy of {source.name}.",
            hint="Choose a draft model, or none.",
            detail=take_recent_errors(),
        )
    try:
        part.replace(destination)
    except OSError as error:
        raise DiskTrouble(f"{destination.name} cannot be written.", detail=str(error)) from error
    on_progress(1.0)


class _Outcome:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.code = -1


def _start(source: Path, part: Path, file_type: int) -> _Outcome:
    initialize()
    params = api.llama_model_quantize_default_params()
    params.ftype = file_type
    params.allow_requantize = True
    outcome = _Outcome()

    def work() -> None:
        try:
            outcome.code = api.llama_model_quantize(
                str(source).encode(), str(part).encode(), params
            )
        finally:
            outcome.done.set()

    threading.Thread(target=work, name="quantize", daemon=True).start()
    return outcome

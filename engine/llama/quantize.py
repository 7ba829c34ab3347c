"""Low-bit copies of a model, made in process: the best draft is the target itself, coarser."""

import os
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.errors import BadSetting, DiskTrouble, ModelLoadFailed
from engine.language import tr
from engine.library.printable import shown_name
from engine.llama.library import api, initialize, take_recent_errors

LOW_BIT_TYPES: Final = {
    "F16": api.LLAMA_FTYPE_MOSTLY_F16,
    "Q8_0": api.LLAMA_FTYPE_MOSTLY_Q8_0,
    "Q4_K_M": api.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    "Q4_0": api.LLAMA_FTYPE_MOSTLY_Q4_0,
    "Q3_K_S": api.LLAMA_FTYPE_MOSTLY_Q3_K_S,
    "Q2_K": api.LLAMA_FTYPE_MOSTLY_Q2_K,
}
"""Quantizations that need no importance matrix."""

_GGML_TYPE_Q4_0: Final = 2  # ggml.h: the enum's first entries never change
_POLL_SECONDS: Final = 0.1


def require_low_bit_type(quantization: str) -> None:
    """Raise `BadSetting` for a quantization that `quantize` cannot make."""
    if quantization not in LOW_BIT_TYPES:
        raise BadSetting(
            tr("There is no quantization {quantization} here.").format(quantization=quantization),
            hint=tr("There are: {types}.").format(types=", ".join(LOW_BIT_TYPES)),
        )


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
    that is then deleted. Raises `BadSetting`, `Cancelled`, `ModelLoadFailed`, `DiskTrouble`.
    """
    require_low_bit_type(quantization)
    attempt = _Attempt(source, destination)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        attempt.start(LOW_BIT_TYPES[quantization])
        attempt.wait(on_progress, cancel)
        if attempt.code != 0:
            raise ModelLoadFailed(
                tr("llama.cpp cannot make a {quantization} copy of {name}.").format(
                    quantization=quantization, name=shown_name(source)
                ),
                hint=tr("Choose a draft model, or none."),
                detail=take_recent_errors(),
            )
        attempt.part.replace(destination)
    except OSError as error:
        raise DiskTrouble(
            tr("{name} cannot be written.").format(name=shown_name(destination)),
            detail=str(error),
        ) from error
    finally:
        attempt.clean_up()
    on_progress(1.0)


class _Attempt:
    """One native call in a thread, with a `.part` file that no other attempt writes."""

    def __init__(self, source: Path, destination: Path) -> None:
        self.code = -1
        self.part = destination.with_name(f"{destination.name}.{uuid.uuid4().hex}.part")
        self._source = source
        self._done = threading.Event()
        self._left = threading.Event()

    def start(self, file_type: int) -> None:
        """Start the native call."""
        initialize()
        params = api.llama_model_quantize_default_params()
        params.ftype = file_type
        if file_type == api.LLAMA_FTYPE_MOSTLY_Q4_0:
            # The output too, which llama.cpp leaves in Q6_K: Q4_0 has kernels for many rows.
            params.output_tensor_type = _GGML_TYPE_Q4_0
        params.allow_requantize = True
        threading.Thread(target=self._work, args=(params,), name="quantize", daemon=True).start()

    def wait(self, on_progress: Callable[[float], None], cancel: CancelToken) -> None:
        """Report progress until the call returns. Raises `Cancelled` before that, on demand."""
        expected = self._source.stat().st_size
        while not self._done.wait(_POLL_SECONDS):
            cancel.check()
            written = self.part.stat().st_size if self.part.exists() else 0
            on_progress(min(written / expected, 0.99))

    def clean_up(self) -> None:
        """Delete the part now, or leave it to the thread that still writes it."""
        self._left.set()
        if self._done.is_set():
            self._delete()

    def _work(self, params: object) -> None:
        source, part = os.fsencode(self._source), os.fsencode(self.part)
        try:
            self.code = api.llama_model_quantize(source, part, params)
        finally:
            self._done.set()
        if self._left.is_set():
            self._delete()

    def _delete(self) -> None:
        with suppress(OSError):
            self.part.unlink(missing_ok=True)

"""Why the engine's process ended, in a sentence: from how it ended and what it said last. Pure."""

import re
import signal
from collections.abc import Sequence
from typing import Final

from engine.errors import EngineDied, WorkerLost
from engine.language import tr

_MEMORY_GONE: Final = re.compile(
    r"out of memory|outofdevicememory|bad_alloc|MemoryError"
    r"|(?:failed|unable|cannot|not able) to (?:re)?allocate|insufficient memory",
    re.IGNORECASE,
)
"""In the words of CUDA, Vulkan, Metal, C++, Python and ggml."""
_WORKER_GONE: Final = re.compile(r"remote RPC server crashed|ggml-rpc\.cpp:\d+", re.IGNORECASE)
_ABORTS: Final = frozenset({3, 0xC0000005, 0xC0000409})
"""Windows: `abort`, access violation, fast fail."""


def explain(code: int, last_words: Sequence[str]) -> EngineDied:
    """The error for a process with this exit code (negative: the signal's number)."""
    said = "\n".join(last_words)
    detail = f"The process ended with {_how(code)}.\n{said}"
    if _MEMORY_GONE.search(said):
        return EngineDied(
            tr("The engine ran out of memory."),
            hint=tr("Load the model again, with less memory."),
            detail=detail,
            out_of_memory=True,
        )
    if _is_signal(code, "SIGKILL"):
        return EngineDied(
            tr("The system ended the engine, most often because memory ran out."),
            hint=tr("Load the model again, with less memory."),
            detail=detail,
            out_of_memory=True,
        )
    if _WORKER_GONE.search(said):
        return WorkerLost(
            tr("The connection to an RPC worker broke."),
            hint=tr("The model can run without it, slower."),
            detail=detail,
        )
    if _is_signal(code, "SIGBUS"):
        return EngineDied(
            tr("A model file changed or its drive went away while the model was in use."),
            hint=tr("Check the file, then load the model again."),
            detail=detail,
        )
    if code < 0 or code in _ABORTS:
        return EngineDied(
            tr("llama.cpp stopped on an error that it cannot go on from."),
            hint=tr("Load the model again. If this repeats, choose another file or fewer devices."),
            detail=detail,
        )
    return EngineDied(
        tr("The engine ended unexpectedly."), hint=tr("Load the model again."), detail=detail
    )


def _is_signal(code: int, name: str) -> bool:
    number = getattr(signal, name, None)  # Windows lacks most of them
    return number is not None and code == -number


def _how(code: int) -> str:
    try:
        return signal.Signals(-code).name if code < 0 else f"code {code}"
    except ValueError:  # a real-time signal
        return f"signal {-code}"

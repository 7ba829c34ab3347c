"""The engine's process with a fault in it: `failing_child.py FAULT`, after a few words of a reply.

Faults that no signal from outside makes. The product has no such door.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from engine.events import Event, TextDelta
from engine.isolated.child import main
from engine.llama.library import shared_library
from engine.session import Session

WORDS_BEFORE: Final = 3
_CHUNK: Final = 32 << 20


def _abort() -> None:
    """What a failed GGML_ASSERT calls."""
    base = shared_library("ggml-base")
    base.ggml_abort(b"ggml.c", 1, b"GGML_ASSERT(%s) failed", b"tests go well")


def _dereference_null() -> None:
    ctypes.string_at(0)


def _take_all_memory() -> None:
    hoard = []
    while True:
        hoard.append(b"x" * _CHUNK)


FAULTS: Final[dict[str, Callable[[], None]]] = {
    "abort": _abort,
    "segmentation fault": _dereference_null,
    "memory": _take_all_memory,
}


def _failing(fault: Callable[[], None]) -> Callable[..., Iterator[Event]]:
    whole = Session.turn

    def turn(*args: Any, **words: Any) -> Iterator[Event]:  # noqa: ANN401 - passed on as they are
        said = 0
        for event in whole(*args, **words):
            yield event
            said += isinstance(event, TextDelta)
            if said == WORDS_BEFORE:
                fault()

    return turn


if __name__ == "__main__":
    Session.turn = _failing(FAULTS[sys.argv[1]])  # type: ignore[method-assign,assignment]
    main()

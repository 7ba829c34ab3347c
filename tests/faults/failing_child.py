"""The engine's process with a fault in it, which it makes after a few words of a reply.

`failing_child.py FAULT GATE`: as long as the file GATE is there, it does nothing wrong. These are
faults that no signal from outside makes, or not at a certain moment. The product has no such door.
"""

import ctypes
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from engine.cancel import CancelToken
from engine.config import SamplingConfig
from engine.errors import Cancelled
from engine.events import ChatMessage, Event, TextDelta
from engine.isolated.child import main
from engine.llama.library import shared_library
from engine.session import Session

WORDS_BEFORE: Final = 3
_CHUNK: Final = 32 << 20
_LONG_TEXT: Final = " and on" * 10_000
_LOOK_SECONDS: Final = 0.02


class Failing:
    """Makes one fault in every reply that begins while the gate is closed."""

    def __init__(self, fault: str, gate: Path) -> None:
        self._gate = gate
        self._fault: Callable[[CancelToken], str] = {
            "abort": _abort,
            "segmentation fault": _dereference_null,
            "memory": _take_all_memory,
            "hold": self._hold,
            "hold, then much text": self._hold_back_a_flood,
        }[fault]

    def put_into(self, session: type[Session]) -> None:
        """From now on replies fail."""
        whole = session.turn

        def turn(
            self: Session,
            messages: Sequence[ChatMessage],
            sampling: SamplingConfig,
            cancel: CancelToken,
            **more: Any,  # noqa: ANN401 - passed on as they are
        ) -> Generator[Event, None, None]:
            if failing.is_off():
                yield from whole(self, messages, sampling, cancel, **more)
                return
            sure = replace(sampling, temperature=0)  # of a reply that is long enough
            with closing(whole(self, messages, sure, cancel, **more)) as events:
                yield from failing.spoil(events, cancel)

        failing = self
        session.turn = turn  # type: ignore[method-assign]

    def is_off(self) -> bool:
        return self._gate.exists()

    def spoil(self, events: Iterator[Event], cancel: CancelToken) -> Iterator[Event]:
        said = 0
        for event in events:
            yield event
            if isinstance(event, TextDelta):
                said += 1
                if said == WORDS_BEFORE:
                    yield TextDelta(event.turn_id, self._fault(cancel))

    def _hold(self, cancel: CancelToken) -> str:
        """A reply that certainly goes on, however slow the parent is, until the gate opens."""
        with suppress(Cancelled):
            while not self._gate.exists():
                cancel.wait(_LOOK_SECONDS)
        return ""

    def _hold_back_a_flood(self, cancel: CancelToken) -> str:
        return self._hold(cancel) or _LONG_TEXT


def _abort(_cancel: CancelToken) -> str:
    """What a failed GGML_ASSERT calls."""
    base = shared_library("ggml-base")
    base.ggml_abort(b"ggml.c", 1, b"GGML_ASSERT(%s) failed", b"tests go well")
    return ""


def _dereference_null(_cancel: CancelToken) -> str:
    ctypes.string_at(0)
    return ""


def _take_all_memory(_cancel: CancelToken) -> str:
    hoard = []
    while True:
        hoard.append(b"x" * _CHUNK)


if __name__ == "__main__":
    Failing(sys.argv[1], Path(sys.argv[2])).put_into(Session)
    main()

"""Opening Qt on a display, or saying in a sentence why there is none to open it on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

NO_DISPLAY: Final = "outrider: there is no display. `outrider-engine chat` talks in this terminal."
_NO_ANSWER: Final = (
    "outrider: no window can be opened: no display answers at {places}. "
    "`outrider-engine chat` talks in this terminal."
)
_NAMES: Final = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")


def no_display() -> bool:
    """Whether no display is even named here."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def refusal_told() -> Iterator[None]:
    """While Qt opens: where it would abort, our own sentence and what Qt said, and exit code 1.

    A Wayland session without its compositor goes on to X11 by itself, if there is one.
    """
    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind is QtMsgType.QtFatalMsg:
            named = [f"{name}={value}" for name in _NAMES if (value := os.environ.get(name))]
            sentence = _NO_ANSWER.format(places=", ".join(named) or "the usual place")
            print(sentence, *said[:-1], sep="\n", file=sys.stderr, flush=True)
            os._exit(1)  # Qt aborts once this returns

    former = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(former)
        for message in said:
            print(message, file=sys.stderr)

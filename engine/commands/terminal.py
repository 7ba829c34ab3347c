"""Printing for people: progress on stderr, model text without terminal escapes, Ctrl-C."""

import signal
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from engine.cancel import CancelToken
from engine.events import LoadProgress, LoadStage

_STAGES: Final = {
    LoadStage.CHECKING: "Checking the files",
    LoadStage.COPYING: "Making the low-bit copy",
    LoadStage.TARGET: "Loading the target",
    LoadStage.DRAFT: "Loading the draft",
    LoadStage.HELPER: "Loading the helper",
    LoadStage.MEASURING: "Measuring this machine",
}


def printable(text: str) -> str:
    """Untrusted text without what a terminal would obey: no control but newline and tab."""
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )


def show_loading(progress: LoadProgress) -> None:
    """One line on a terminal that rewrites itself; nothing into a file."""
    done = progress.stage is LoadStage.MEASURING and progress.fraction >= 1
    show_line("" if done else f"{_STAGES[progress.stage]}: {progress.fraction:.0%}")


def show_line(line: str) -> None:
    """Put `line` in place of the last progress line; nothing into a file."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()


def clear_line() -> None:
    """Take the progress line away before something else is printed."""
    show_line("")


@contextmanager
def cancel_on_interrupt(cancel: CancelToken) -> Iterator[None]:
    """The first Ctrl-C cancels; a second one raises `KeyboardInterrupt`."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

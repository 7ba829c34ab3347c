"""What the person at the terminal sees: one line for each step, with time and progress."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

_PLAIN_INTERVAL: Final = 30.0
_CLEAR_LINE: Final = "\r\x1b[K"


class Progress:
    """How far the running step is. A terminal shows it in place, a log file now and then."""

    def __init__(self, out: TextIO, title: str) -> None:
        self._out = out
        self._title = title
        self._detail = ""
        self._start = time.monotonic()
        self._next_plain = self._start + _PLAIN_INTERVAL
        self._in_place = out.isatty()

    def say(self, detail: str) -> None:
        """Show where the step is now: "12 of 197 files"."""
        self._detail = detail

    def draw(self) -> None:
        """Bring the screen up to date."""
        if self._in_place:
            self._out.write(f"{_CLEAR_LINE}  {self._title}  {self._elapsed()}  {self._detail}")
        elif time.monotonic() >= self._next_plain:
            self._next_plain += _PLAIN_INTERVAL
            self._out.write(f"    {self._elapsed()}  {self._detail}\n")
        self._out.flush()

    def open(self) -> None:
        """Show that the step begins."""
        self._out.write(f"  {self._title}" + ("" if self._in_place else "\n"))
        self._out.flush()

    def close(self, outcome: str) -> None:
        """Show how the step ended: "done" or "failed"."""
        line = f"  {self._title}: " if self._in_place else "    "
        self._out.write(f"{_CLEAR_LINE if self._in_place else ''}{line}{outcome}")
        self._out.write(f", {self._elapsed()}\n")
        self._out.flush()

    def _elapsed(self) -> str:
        minutes, seconds = divmod(round(time.monotonic() - self._start), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


class Report:
    """Writes sentences and running steps to a stream."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def say(self, sentence: str) -> None:
        """Write one line."""
        self._out.write(f"{sentence}\n")
        self._out.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[Progress]:
        """Show a step while the block runs."""
        progress = Progress(self._out, title)
        progress.open()
        stop = threading.Event()
        ticker = threading.Thread(target=_tick, args=(progress, stop), daemon=True)
        ticker.start()
        outcome = "stopped"
        try:
            yield progress
            outcome = "done"
        except Exception:
            outcome = "failed"
            raise
        finally:
            stop.set()
            ticker.join()
            progress.close(outcome)


def _tick(progress: Progress, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        progress.draw()

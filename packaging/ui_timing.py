"""Times what the window does, as a person would notice it."""

import statistics
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window live until then."""
    loop = QEventLoop()
    timer = QTimer(interval=20)

    def look() -> None:
        if condition():
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()


def timed(action: Callable[[], object]) -> float:
    """Milliseconds until it is painted."""
    start = time.perf_counter()
    action()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - start)


def spread(values: Sequence[float]) -> str:
    """Median, the value that one of a hundred exceeds, and the largest."""
    ordered = sorted(values)
    at = min(len(ordered) - 1, round(0.99 * len(ordered)))
    return f"{statistics.median(ordered):.1f} / {ordered[at]:.1f} / {ordered[-1]:.1f}"

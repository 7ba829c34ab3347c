"""Bursts become one call a frame: the first at once, the last never lost."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

FIGURES_MS: Final = 250
"""Between two sights of live figures: nobody reads those of each frame."""


class Throttle(QObject):
    """Calls `action` at most once per `interval_ms`: leading call at once, trailing call later."""

    def __init__(
        self, action: Callable[[], None], interval_ms: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._waiting = False
        self._timer = QTimer(self, singleShot=True, interval=interval_ms)
        self._timer.timeout.connect(self._elapsed)

    def __call__(self) -> None:
        """Ask for a call."""
        if self._timer.isActive():
            self._waiting = True
        else:
            self._run()

    def flush(self) -> None:
        """Make a call that waits happen now."""
        if self._waiting:
            self._run()

    def cancel(self) -> None:
        """Forget a call that waits."""
        self._waiting = False
        self._timer.stop()

    def _run(self) -> None:
        self._waiting = False
        self._timer.start()
        self._action()

    def _elapsed(self) -> None:
        if self._waiting:
            self._run()

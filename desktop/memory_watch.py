"""Notices that memory runs out, before the system swaps or ends programs."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.machine import available_memory, memory_limit

_LEAST_SHARE: Final = 0.02
_LEAST_BYTES: Final = 200_000_000
"""Weights in the page cache count as free: the system drops them first."""
LOOK_MS: Final = 1000


class MemoryWatch(QObject):
    """Asks the system once a second while a reply runs, also within a pass that takes minutes.

    Signals:
        short: the reply had better stop
    """

    short = Signal()

    def __init__(
        self, available: Callable[[], int] = available_memory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._available = available
        # A small limit, of a control group say, must not stop every reply.
        self._least = min(_LEAST_BYTES, int(_LEAST_SHARE * memory_limit()))
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """A reply begins."""
        self._timer.start()

    def stop(self) -> None:
        """It ended."""
        self._timer.stop()

    def look(self) -> None:
        """Ask now."""
        if self._available() < self._least:
            self._timer.stop()
            self.short.emit()

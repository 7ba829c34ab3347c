"""Widgets that nobody sees any more, freed one at a time while nothing else happens."""

from collections import deque

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class Leaving:
    """Each widget takes milliseconds to free.

    `deleteLater` frees all of them in one go: leaving a long conversation held the window up for
    200 ms, in the middle of the first words of the next reply.
    """

    def __init__(self) -> None:
        self._waiting: deque[QWidget] = deque()
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._free_one)

    def take(self, widget: QWidget) -> None:
        """Hide it now, and free it in some idle moment, after those that came before."""
        widget.hide()
        self._waiting.append(widget)
        self._timer.start()

    def _free_one(self) -> None:
        while self._waiting:
            widget = self._waiting.popleft()
            if isValid(widget):  # else it went with what it stands in
                widget.deleteLater()
                return
        self._timer.stop()

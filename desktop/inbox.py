"""What another thread delivers, in batches: waking the window costs more than taking a token."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from desktop.throttle import FrameThrottle

Item = TypeVar("Item")


class _Bell(QObject):
    """Wakes the thread that it lives in."""

    rung = Signal()


class Inbox(Generic[Item]):
    """The first item is taken at once; more of a burst as often as the window can afford.

    Items keep their order, also where taking one of them runs an event loop of its own.
    """

    def __init__(
        self, take: Callable[[Item], None], emptied: Callable[[], None], parent: QObject
    ) -> None:
        """Made in the thread that takes; `emptied` is called after each batch."""
        self._take = take
        self._emptied = emptied
        self._items: deque[Item] = deque()
        self._is_awaited = False
        """Whether the taking thread comes by itself, sooner or later."""
        self._lock = Lock()
        self._bell = _Bell(parent)
        self._soon = FrameThrottle(self._take_batch, parent)
        self._bell.rung.connect(self._soon, Qt.ConnectionType.QueuedConnection)

    def put(self, item: Item) -> None:
        """Deliver an item, from whichever thread."""
        with self._lock:
            self._items.append(item)
            rings, self._is_awaited = not self._is_awaited, True
        if rings:
            self._bell.rung.emit()

    def _take_batch(self) -> None:
        if self._rests():
            self._soon.cancel()  # so that the next item is taken at once
            return
        self._soon()
        for _ in range(len(self._items)):
            if self._items:  # else an event loop within took it
                self._take(self._items.popleft())
        self._emptied()

    def _rests(self) -> bool:
        with self._lock:
            self._is_awaited = bool(self._items)
            return not self._is_awaited

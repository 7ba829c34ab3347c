"""What a list of messages makes and drops around its view, while nothing else happens."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea

from desktop.views.message_column import MessageColumn

_KEPT_SCREENS: Final = 2


class Tidying(QObject):
    """One block at a time: little enough that each frame has time for it.

    Signals:
        made: something has a widget that had none
    """

    made = Signal()

    def __init__(self, area: QAbstractScrollArea, column: MessageColumn) -> None:
        super().__init__(area)
        self._area = area
        self._column = column
        self.downwards = False
        """Where the reader went last: what is there is made first."""
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._tidy)

    def start(self) -> None:
        """Drop something that is far away, and soon make what scrolling needs."""
        self._drop_one()
        self._timer.start()

    def _tidy(self) -> None:
        if not self._area.isVisible():
            return
        top, height = self._area.verticalScrollBar().value(), self._area.viewport().height()
        ways = ((top, top + 2 * height, True), (top - height, top + height, False))
        made = any(
            self._column.build_one(start, end, downwards=downwards)
            for start, end, downwards in (ways if self.downwards else reversed(ways))
        )
        if made:
            self.made.emit()
        elif self._drop_one():
            self.start()

    def _drop_one(self) -> bool:
        top, height = self._area.verticalScrollBar().value(), self._area.viewport().height()
        kept = _KEPT_SCREENS * height
        return self._column.drop_one(top - kept, top + height + kept)

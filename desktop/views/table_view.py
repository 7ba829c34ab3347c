"""A table of a reply: it wraps its cells as far as they can be read, and scrolls sideways then."""

import math
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextTable
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from desktop.theme import Theme
from desktop.views.prose import ProseView

_LEAST_COLUMN: Final = 110
"""Narrower columns tear every word apart."""
_UNBOUNDED: Final = 100_000


class TableView(ProseView):
    """As wide as the column of the chat; its table may be wider."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._room = 0
        """What the table was laid out for; laying out a table again takes long."""
        super().__init__(theme, parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)

    def _measured(self, width: int) -> int:
        self._give_room(width)
        bar = self.horizontalScrollBar().sizeHint().height()
        size = self.document().size()
        if self.viewport().width() not in (0, width):
            self._give_room(self.viewport().width())
        return math.ceil(size.height()) + (bar if math.floor(size.width()) > width else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = self._room
        self._give_room(self.viewport().width())
        if before != self._room:
            QTextBrowser.resizeEvent(self, event)

    @property
    def takes_tab(self) -> bool:
        return super().takes_tab or self.horizontalScrollBar().maximum() > 0

    def _render(self) -> None:
        self._room = 0
        super()._render()

    def _give_room(self, width: int) -> None:
        if width == self._room:
            return
        self._room = width
        document = self.document()
        document.setTextWidth(_UNBOUNDED)
        readable = min(math.ceil(document.idealWidth()), self._columns() * _LEAST_COLUMN)
        self.setLineWrapColumnOrWidth(max(width, readable))

    def _columns(self) -> int:
        frames = self.document().rootFrame().childFrames()
        return max((one.columns() for one in frames if isinstance(one, QTextTable)), default=1)

"""Where a person reads: tied to a block of a message, whatever grows above it."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from desktop.views.message_view import MessageView


@dataclass(frozen=True)
class ReadingPlace:
    """The view begins `offset` pixels below the top of a block of a message."""

    message_id: str
    block: int = -1
    """-1: the message itself."""
    offset: int = 0

    @classmethod
    def at(cls, message_id: str, widget: MessageView | None, below: int) -> "ReadingPlace":
        """The place `below` the top of a message, which may have no widget now."""
        place = cls(message_id, offset=below)
        for number, block in enumerate(widget.blocks() if widget else ()):
            offset = below - _top(block, widget)
            if offset < 0:
                break
            place = cls(message_id, number, offset)
        return place

    def below(self, widget: MessageView | None) -> int:
        """How far below the top of the message it is now."""
        blocks = widget.blocks() if widget else ()
        if not 0 <= self.block < len(blocks):
            return self.offset
        return _top(blocks[self.block], widget) + self.offset


def _top(block: QWidget, message: QWidget | None) -> int:
    return block.mapTo(message, QPoint(0, 0)).y() if message else 0

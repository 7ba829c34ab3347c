"""Where a person reads: tied to a block of a message, whatever grows above it."""

from dataclasses import dataclass

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
        if widget is None:
            return cls(message_id, offset=below)
        block = widget.block_at(below)
        return cls(message_id, block, below - widget.top_of(block))

    def below(self, widget: MessageView | None) -> int:
        """How far below the top of the message it is now."""
        return self.offset + (widget.top_of(self.block) if widget else 0)

"""What the list of messages asks of each message."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.views.controls import HoverArea


class MessageView(HoverArea):
    """One message: as tall as `heightForWidth` says, or its size hint."""

    def blocks(self) -> Sequence[QWidget]:
        """Its parts from top to bottom: the reader's place is tied to one of them."""
        return ()

    def settle(self) -> None:
        """Put every block where it belongs now, not when Qt comes round to it."""
        layout = self.layout()
        if layout:
            layout.activate()

    @property
    def in_use(self) -> bool:
        """Whether it holds something that must not go when it is out of view."""
        return False

"""The parts of the app that F6 goes round, in the order of reading, in whichever windows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


class Regions:
    """Each is an area, and what takes the focus in it."""

    def __init__(self, regions: Sequence[tuple[QWidget, QWidget]]) -> None:
        self._regions = regions

    def go_on(self) -> None:
        """Give the focus to the next part that is seen; after the last comes the first."""
        seen = [region for region in self._regions if region[1].isVisible()]
        if not seen:
            return
        here = next((at for at, (area, _) in enumerate(seen) if _has_focus(area)), -1)
        _, target = seen[(here + 1) % len(seen)]
        give_focus(target)


def give_focus(widget: QWidget) -> None:
    """Give the keyboard to `widget`, in whichever window it is."""
    widget.activateWindow()
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _has_focus(area: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is area or area.isAncestorOf(focused))

"""How wide the person made the parts of the window, apart for wide and narrow windows."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSettings

SIDEBAR_LEAST, SIDEBAR_WIDTH, SIDEBAR_MOST = 200, 256, 360
TREE_LEAST, TREE_WIDTH, TREE_MOST = 320, 344, 720
_SIDEBAR, _TREE = "sidebar", "tree"
_NAMES: Final = {False: "wide", True: "narrow"}


@dataclass
class Widths:
    """In windows of one class, with text of the usual size."""

    sidebar: int = SIDEBAR_WIDTH
    tree: int = TREE_WIDTH


class ColumnWidths:
    """One for each class of window: what fits a wide one would leave nothing of a narrow one."""

    def __init__(self) -> None:
        self._widths = {narrow: Widths() for narrow in _NAMES}

    def of(self, *, narrow: bool) -> Widths:
        """Those of a class; they can be changed."""
        return self._widths[narrow]

    def save_state(self, state: QSettings) -> None:
        """Keep them."""
        for narrow, name in _NAMES.items():
            widths = self._widths[narrow]
            state.setValue(f"{name}/{_SIDEBAR}", widths.sidebar)
            state.setValue(f"{name}/{_TREE}", widths.tree)

    def restore_state(self, state: QSettings) -> None:
        """Go back to those that were kept."""
        for narrow, name in _NAMES.items():
            self._widths[narrow] = Widths(
                _within(state, f"{name}/{_SIDEBAR}", SIDEBAR_LEAST, SIDEBAR_WIDTH, SIDEBAR_MOST),
                _within(state, f"{name}/{_TREE}", TREE_LEAST, TREE_WIDTH, TREE_MOST),
            )


def _within(state: QSettings, key: str, least: int, usual: int, most: int) -> int:
    """A width of the file, which anybody may have edited."""
    try:
        value = int(str(state.value(key, usual)))
    except ValueError:
        return usual
    return min(max(value, least), most)

"""The window that the tree panel has while it is apart from the chat."""

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.icons import application_icon
from engine.language import tr

_SMALLEST: Final = (360, 420)
_USUAL: Final = (720, 800)
_GEOMETRY: Final = "tree/window"


class TreePlace(Enum):
    """Where the tree panel stands."""

    BESIDE = auto()
    """The chat."""
    ALONE = auto()
    """In place of the chat, for which there is no room."""
    APART = auto()
    """In a window of its own."""


class TreeWindow(QWidget):
    """Stands beside the main window, not above it: a person may cover either with the other.

    Signals:
        closed: the person closed it; it holds the panel still
        left: Esc was pressed in it
    """

    closed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._has_a_place = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setWindowIcon(application_icon())
        # It comes back with the main window, and must not take the keyboard from it then.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_USUAL)
        self.show_title("")

    def hold(self, panel: QWidget) -> None:
        """Take the panel in; another parent takes it out again."""
        self._column.addWidget(panel)

    def show_title(self, title: str) -> None:
        """Say which conversation the trees are of."""
        self.setWindowTitle(f"{tr('Tree')}: {title}" if title else tr("Tree"))

    def save_state(self, state: QSettings) -> None:
        """Keep where it is, if it was ever seen."""
        if self._has_a_place:
            state.setValue(_GEOMETRY, self.saveGeometry())

    def restore_state(self, state: QSettings) -> None:
        """Go back to there."""
        geometry = state.value(_GEOMETRY)
        if isinstance(geometry, QByteArray):
            self._has_a_place = self.restoreGeometry(geometry)

    def showEvent(self, event: QShowEvent) -> None:
        self._has_a_place = True
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

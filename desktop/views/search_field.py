"""Where the person searches: the field, with its icon, and a wait until typing pauses."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.actions import native
from desktop.icons import themed_icon
from desktop.theme import Theme
from engine.language import tr

PAUSE_MS: Final = 150
_LEAD_IN: Final = 1000
"""Characters; a search takes the first terms only."""


class SearchField(QLineEdit):
    """One line. Esc clears it, then leaves; Down and Enter go to what was found.

    Signals:
        typed(str): the text, once typing pauses
        hits_wanted: Enter, or Down
        left: Esc in the empty field
    """

    typed = Signal(str)
    hits_wanted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("Search"))
        self.setAccessibleName(tr("Search conversations"))
        self.setToolTip(f"{tr('Search titles and messages')} ({native('Ctrl+Shift+F')})")
        theme.dress(self, "body")
        self.setMaxLength(_LEAD_IN)
        self.setClearButtonEnabled(False)
        self.addAction(themed_icon(theme, "search"), QLineEdit.ActionPosition.LeadingPosition)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.search_now)
        self.textChanged.connect(self._changed)

    def search_now(self) -> None:
        """Tell what is typed without waiting any longer."""
        self._pause.stop()
        self.typed.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case Qt.Key.Key_Escape:
                self.left.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Down:
                self.search_now()
                self.hits_wanted.emit()
            case _:
                super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees hits now; and where the window closes, the store is closed next."""
        super().hideEvent(event)
        self._pause.stop()

    def _changed(self, text: str) -> None:
        if text:
            self._pause.start()
        else:
            self.search_now()

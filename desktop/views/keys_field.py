"""A field that takes a shortcut by its keys."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit

from desktop.theme import Theme
from engine.language import tr

_LEAST_WIDTH: Final = 184
_PORTABLE: Final = QKeySequence.SequenceFormat.PortableText


class KeysField(QKeySequenceEdit):
    """One combination of keys, or none. Esc is the dialog's.

    Signals:
        chosen(str): the person pressed these keys, or took them away: ""
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._is_recording = False
        self._shown = ""
        self.setMaximumSequenceLength(1)
        self.setClearButtonEnabled(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(theme.scaled(_LEAST_WIDTH))
        theme.dress(self, "body")
        self.keySequenceChanged.connect(self._follow)
        self.editingFinished.connect(self._tell)

    def show_keys(self, keys: str) -> None:
        """Show what is stored."""
        self._shown = keys
        self.setKeySequence(QKeySequence(keys, _PORTABLE))
        self._invite()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            event.ignore()
            return
        self._is_recording = True  # which takes the old keys away first
        super().keyPressEvent(event)
        self._is_recording = False

    def _follow(self, keys: QKeySequence) -> None:
        self._invite()
        if keys.isEmpty() and not self._is_recording:
            self.chosen.emit("")  # by its button, which does not finish editing

    def _tell(self) -> None:
        self._invite()
        keys = self.keySequence().toString(_PORTABLE)
        if keys != self._shown:  # Qt says so too of a field that is only left
            self.chosen.emit(keys)

    def _invite(self) -> None:
        """Qt says a longer sentence each time, which is cut off in other languages."""
        if field := self.findChild(QLineEdit):
            field.setPlaceholderText(tr("Press keys"))

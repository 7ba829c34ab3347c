"""What dialogs share: how they open and go, and fields in them whose Enter is their own."""

from typing import Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit

AnyDialog = TypeVar("AnyDialog", bound=QDialog)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def opened(dialog: AnyDialog) -> AnyDialog:
    """Open it; nothing of it is left once it is finished."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


class DialogField(QLineEdit):
    """Enter does what the field is for; it does not press the dialog's default button as well."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in _ENTER:
            event.accept()

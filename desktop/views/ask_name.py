"""Asks for a short name: of a folder, of a tag."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

_MOST: int = 80


def ask_name(parent: QWidget, title: str, question: str, take: Callable[[str], None]) -> None:
    """Open a small dialog; `take` gets what is typed, unless that is nothing."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(question)
    dialog.setTextValue("")
    field = dialog.findChild(QLineEdit)
    if field:
        field.setAccessibleName(question)
        field.setMaxLength(_MOST)
    dialog.textValueSelected.connect(lambda typed: take(typed) if typed.strip() else None)
    dialog.open()

"""Asks for one short line: the name of a folder, of a tag, of a profile, or a token."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLabel, QLineEdit, QWidget

_MOST: Final = 80
_WIDTH: Final = 360
"""Of the field: by itself Qt makes it as wide as the question."""


def ask_line(
    parent: QWidget,
    title: str,
    question: str,
    take: Callable[[str], object],
    *,
    text: str = "",
    most: int = _MOST,
    is_secret: bool = False,
) -> None:
    """Open a small dialog, with `text` to begin with; `take` gets what is typed, unless nothing."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(question)
    dialog.setTextValue(text)
    if is_secret:
        dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
    for words in dialog.findChildren(QLabel):
        words.setWordWrap(True)
    field = dialog.findChild(QLineEdit)
    if field:
        field.setAccessibleName(question)
        field.setMaxLength(most)
        field.setMinimumWidth(_WIDTH)
        field.selectAll()
    dialog.textValueSelected.connect(lambda typed: take(typed.strip()) if typed.strip() else None)
    dialog.open()

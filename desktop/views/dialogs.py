"""Dialogs over their windows: each is made anew when it is asked for, and goes when it ends."""

from typing import TypeVar

from PySide6.QtWidgets import QDialog

AnyDialog = TypeVar("AnyDialog", bound=QDialog)


def opened(dialog: AnyDialog) -> AnyDialog:
    """Open it; nothing of it is left once it is finished."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog

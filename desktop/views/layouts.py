"""What layouts of Qt lack."""

from PySide6.QtWidgets import QLayout


def clear(layout: QLayout) -> None:
    """Take everything out, for good."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.deleteLater()

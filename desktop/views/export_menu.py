"""The menu of export formats."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.conversations.export import ExportFormat

NAMES: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.MARKDOWN: "Markdown",
    ExportFormat.JSON: "JSON, with all branches",
    ExportFormat.TEXT: "Plain text",
}


class ExportMenu(QMenu):
    """Signals: format_chosen(ExportFormat)."""

    format_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Export", parent)
        for file_format, name in NAMES.items():
            action = self.addAction(name)
            action.triggered.connect(
                lambda _checked=False, chosen=file_format: self.format_chosen.emit(chosen)
            )

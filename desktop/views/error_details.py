"""The cause of a failure as the log has it, to read and to copy."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.error_text import ErrorText
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label, push_button
from engine.language import tr

_SIZE: Final = (640, 360)


class ErrorDetails(QDialog):
    """Signals, exit codes, and what llama.cpp said last."""

    def __init__(self, theme: Theme, error: ErrorText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Details"))
        self.resize(*_SIZE)
        self.text = QPlainTextEdit(error.detail, readOnly=True)
        theme.dress(self.text, "code")
        self.text.setAccessibleName(tr("Cause"))
        self.copy = push_button(theme, tr("Copy"))
        self.copy.clicked.connect(self._copy)
        close = push_button(theme, tr("Close"), "primary")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(theme, error.title, weight=SEMIBOLD, wrap=True))
        column.addWidget(label(theme, error.message, wrap=True))
        column.addWidget(self.text, 1)
        column.addLayout(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

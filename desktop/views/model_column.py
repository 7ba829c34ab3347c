"""A column of the model dialog: what its models do, buttons over them, and the list."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label, push_button
from desktop.views.layouts import set_margins
from desktop.views.model_list import ModelListView
from desktop.views.wrapping_row import WrappingRow
from engine.language import tr


class ModelColumn(QWidget):
    """Signals:

    file_asked: a file is to be added here
    """

    file_asked = Signal()

    def __init__(self, theme: Theme, rows: ModelListView, title: str, does: str, adds: str) -> None:
        """`does`: what its models are for, in two words; `adds`: what adding a file does."""
        super().__init__()
        add = push_button(theme, tr("Add file…"), "quiet", "plus")
        add.setAccessibleName(adds)
        add.clicked.connect(self.file_asked)
        hint = label(theme, does, "small", tone="muted")
        hint.setContentsMargins(6, 0, 6, 0)
        self._head = WrappingRow()
        set_margins(self._head, 12, 0, 4, 0)
        self._head.setSpacing(4)
        self._head.addWidget(label(theme, title, "heading", weight=SEMIBOLD))
        self._head.addWidget(hint)
        self._head.addStretch()
        self.add_button(add)
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        body = QVBoxLayout(self)
        body.setContentsMargins(8, 10, 8, 8)
        body.setSpacing(4)
        body.addLayout(self._head)
        body.addWidget(rows, 1)

    def add_button(self, button: QPushButton) -> None:
        """One more at the end of the head; Enter never presses it from elsewhere."""
        button.setAutoDefault(False)
        self._head.addWidget(button)

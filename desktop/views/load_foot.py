"""The foot of the model dialog: what a plan comes to, and the buttons that load or keep it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.error_text import describe
from desktop.theme import Theme
from desktop.views.controls import label, push_button
from desktop.views.wrapping_row import WrappingRow
from engine.errors import OutriderError
from engine.language import tr


class LoadButtons(QWidget):
    """Load what is chosen, keep it as a profile, leave.

    Signals:

    load_asked
    save_asked
    cancelled
    """

    load_asked = Signal()
    save_asked = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._load = push_button(theme, tr("Load"), "primary")
        self._save = push_button(theme, tr("Save as profile…"), "quiet")
        cancel = push_button(theme, tr("Cancel"))
        row = WrappingRow(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for button, signal in (
            (self._save, self.save_asked),
            (cancel, self.cancelled),
            (self._load, self.load_asked),
        ):
            button.setAutoDefault(button is self._load)
            button.clicked.connect(signal)
            row.addWidget(button)
        self._load.setDefault(True)

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """From left to right."""
        return self.findChildren(QPushButton)

    def allow(self, *, load: bool, save: bool) -> None:
        """What can be done now."""
        self._load.setEnabled(load)
        self._save.setEnabled(save)

    def offer(self, *, load: bool) -> None:
        """Whether there is anything to be loaded in what is shown."""
        self._load.setVisible(load)
        self._save.setVisible(load)

    def warn(self, *, anyway: bool) -> None:
        """Say on the button that it goes past what the memory plan allows; it is quieter then."""
        words, kind = (tr("Load anyway"), "normal") if anyway else (tr("Load"), "primary")
        if self._load.text() != words:
            self._load.setText(words)
            self._load.setAccessibleName(words)
            self._load.setProperty("kind", kind)
            self._load.style().polish(self._load)


class LoadFoot(QWidget):
    """Always seen, however little of the dialog is."""

    def __init__(self, theme: Theme, verdict: QWidget) -> None:
        super().__init__()
        self.buttons = LoadButtons(theme)
        self._trouble = label(theme, role="small", tone="danger", wrap=True)
        self._trouble.hide()
        row = WrappingRow()
        row.setSpacing(12)
        row.addWidget(verdict)
        row.addStretch()
        row.addWidget(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 16)
        column.setSpacing(8)
        column.addWidget(self._trouble)
        column.addLayout(row)

    def show_trouble(self, error: OutriderError | None) -> None:
        """Say what failed; None: nothing."""
        self._trouble.setText(describe(error).message if error else "")
        self._trouble.setVisible(error is not None)

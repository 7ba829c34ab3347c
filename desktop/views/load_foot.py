"""The buttons at the foot of the model dialog: load what is chosen, keep it as a profile, leave."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.theme import Theme
from desktop.views.controls import push_button
from engine.language import tr


class LoadButtons(QWidget):
    """Signals:

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
        row = QHBoxLayout(self)
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

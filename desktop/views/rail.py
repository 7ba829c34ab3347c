"""What is left of the sidebar where the window is narrow or the person folded it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import IconButton
from engine.language import tr

_SIDE = 36
_ICON = 20


class Rail(QWidget):
    """Signals: sidebar_asked, new_asked."""

    sidebar_asked = Signal()
    new_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(theme.tokens.size["rail"])
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        for icon, name, signal in (
            ("panel-left", tr("Conversations"), self.sidebar_asked),
            ("plus", tr("New conversation"), self.new_asked),
        ):
            button = IconButton(theme, icon, name, side=_SIDE, icon_side=_ICON)
            button.clicked.connect(signal)
            column.addWidget(button)
        column.addStretch(1)

"""What is left of the sidebar where the window is narrow or the person folded it."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.actions import Actions
from desktop.theme import Theme
from desktop.views.controls import IconButton, action_button
from engine.language import tr

_SIDE: Final = 36
_ICON: Final = 20
_TOP: Final = {"search": "conversation.search"}
_FOOT: Final = {"box": "app.models", "settings-2": "app.settings"}


class Rail(QWidget):
    """Signals: sidebar_asked, new_asked."""

    sidebar_asked = Signal()
    new_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(theme.tokens.size["rail"])
        self._top, self._foot = QVBoxLayout(), QVBoxLayout()
        for part in (self._top, self._foot):
            part.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(0)
        column.addLayout(self._top)
        column.addStretch(1)
        column.addLayout(self._foot)
        for icon, name, signal in (
            ("panel-left", tr("Conversations"), self.sidebar_asked),
            ("plus", tr("New conversation"), self.new_asked),
        ):
            button = IconButton(theme, icon, name, side=_SIDE, icon_side=_ICON)
            button.clicked.connect(signal)
            self._top.addWidget(button)

    def fill(self, actions: Actions) -> None:
        """Offer what the window can do."""
        for part, offered in ((self._top, _TOP), (self._foot, _FOOT)):
            for icon, id_ in offered.items():
                entry = actions.entry(id_)
                part.addWidget(action_button(self._theme, icon, entry, side=_SIDE, icon_side=_ICON))

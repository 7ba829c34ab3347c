"""What is left of the sidebar where the window is narrow or the person folded it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.actions import Actions
from desktop.theme import Theme
from desktop.views.action_button import action_button
from desktop.views.controls import IconButton
from engine.language import tr

if TYPE_CHECKING:
    from engine.library.hub.download_state import Download

_SIDE: Final = 36
_ICON: Final = 20
_TOP: Final = {"search": "conversation.search"}
_FOOT: Final = {"box": "app.models", "settings-2": "app.settings"}


class Rail(QWidget):
    """Signals: sidebar_asked, new_asked, chat_asked."""

    sidebar_asked = Signal()
    new_asked = Signal()
    chat_asked = Signal()

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
        self._chat = IconButton(
            theme, "message-square", tr("Conversation"), side=_SIDE, icon_side=_ICON
        )
        self._chat.setCheckable(True)
        self._chat.clicked.connect(self._ask_for_chat)
        self._downloads = IconButton(
            theme, "download", tr("Downloads"), side=_SIDE, icon_side=_ICON
        )
        self._downloads.clicked.connect(self.sidebar_asked)
        self._downloads.hide()
        self._foot.addWidget(self._downloads)
        self.show_chat(shown=True)

    def show_chat(self, *, shown: bool) -> None:
        """Tell whether the conversation is what one sees beside the rail."""
        self._is_chat = shown
        self._chat.setChecked(shown)

    def show_downloads(self, downloads: Sequence["Download"]) -> None:
        """Lead to the downloads while there are any; the sidebar has them."""
        from desktop.download_words import download_line  # noqa: PLC0415 - see there

        lines = [f"{one.model.name}: {download_line(one)}" for one in downloads]
        self._downloads.setToolTip("\n".join([tr("Downloads"), *lines]))
        self._downloads.setVisible(bool(downloads))

    def fill(self, actions: Actions) -> None:
        """Offer what the window can do."""
        for part, offered in ((self._top, _TOP), (self._foot, _FOOT)):
            for icon, id_ in offered.items():
                entry = actions.entry(id_)
                part.addWidget(action_button(self._theme, icon, entry, side=_SIDE, icon_side=_ICON))
        self._top.addWidget(self._chat)

    def _ask_for_chat(self) -> None:
        self.show_chat(shown=self._is_chat)  # A click goes there; it does not switch it off.
        self.chat_asked.emit()

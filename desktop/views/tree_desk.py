"""What connects the tree panel with the chat: who opens it, where it stands, what it lights."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication

from desktop.chat_model import ChatModel
from desktop.setting import Setting
from desktop.settings import ORIGIN_MARKS, OriginMarks, Settings
from desktop.views.chat_page import ChatPage
from desktop.views.regions import give_focus
from desktop.views.side_area import SideArea
from desktop.views.tree_panel import TreePanel


class TreeDesk(QObject):
    """Turns what the person does with the tree panel into calls of the parts around it."""

    def __init__(
        self,
        settings: Settings,
        *,
        chat: ChatModel,
        side: SideArea,
        page: ChatPage,
        panel: TreePanel,
    ) -> None:
        super().__init__(side)
        self._settings = settings
        self._chat = chat
        self._side = side
        self._page = page
        self._panel = panel
        self._connect()
        self._show_marks_choice()

    def open(self, message_id: str) -> None:
        """Show the rounds of a reply."""
        self._side.show_tree(shown=True)
        self._panel.show_reply(message_id)

    def offer(self, entries: Iterable[QAction]) -> None:
        """Have these shortcuts also where the panel has a window of its own."""
        self._side.tree_window.addActions(list(entries))

    def _connect(self) -> None:
        side, panel, page = self._side, self._panel, self._page
        page.header.tree_button.toggled.connect(side.show_tree)
        side.tree_toggled.connect(page.header.tree_button.setChecked)
        side.tree_toggled.connect(lambda opened: page.marks.panel_opened(is_open=opened))
        side.tree_toggled.connect(self._slide_in)
        side.tree_moved.connect(panel.show_place)
        side.tree_window.closed.connect(self._put_back)
        side.tree_window.left.connect(self._escape)
        panel.close_asked.connect(self._close)
        panel.move_asked.connect(self._move)
        panel.round_shown.connect(page.marks.light)
        page.messages.tree_asked.connect(self.open)
        self._settings.changed.connect(self._follow)

    def _slide_in(self, opened: bool) -> None:  # noqa: FBT001 - a slot of `tree_toggled`
        if opened and not self._side.tree_is_apart:
            self._panel.slide_in()

    def _close(self) -> None:
        self._side.show_tree(shown=False)
        give_focus(self._page.header.tree_button)

    def _move(self) -> None:
        self._side.place_tree(apart=not self._side.tree_is_apart)
        give_focus(self._panel.move_button)

    def _put_back(self) -> None:
        """Beside the chat, unless the desktop ends and closes its windows in any order."""
        if not session_ends():
            self._side.place_tree(apart=False)

    def _escape(self) -> None:
        """As in the main window; where there is nothing to stop, back to there."""
        if self._chat.run:
            self._chat.stop()
        else:
            give_focus(self._page.composer.edit)

    def _follow(self, setting: Setting[Any]) -> None:
        if setting == ORIGIN_MARKS:
            self._show_marks_choice()

    def _show_marks_choice(self) -> None:
        self._page.marks.choose(OriginMarks(self._settings.get(ORIGIN_MARKS)))


def session_ends() -> bool:
    """Whether the person logs out: nothing may hold that up."""
    application = QGuiApplication.instance()
    return isinstance(application, QGuiApplication) and application.isSavingSession()

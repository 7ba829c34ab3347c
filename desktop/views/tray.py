"""The icon in the tray, for who wants it, and notices of what happened behind other windows."""

import time
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QSystemTrayIcon

from desktop.actions import Actions
from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.figures import ending
from desktop.icons import application_icon
from desktop.setting import Setting
from desktop.settings import NOTIFY, TRAY, Settings
from desktop.system_notices import SHOWN_MS, SystemNotices, system_command
from engine.language import tr

LONG_REPLY_SECONDS: Final = 20.0
_LOOK_MS: Final = 5000
_GONE: Final = 2
"""So often in a row there is no tray: a panel that starts anew is back before."""
_QUIT: Final = "app.quit"
_IN_THE_MENU: Final = ("conversation.new", "app.settings")


def missing_tray(setting: Setting[Any]) -> str:
    """Why a choice about the tray has no effect now; "" for every other setting."""
    if setting != TRAY or QSystemTrayIcon.isSystemTrayAvailable():
        return ""
    return tr("This desktop shows no tray now: closing the window ends Outrider.")


class Tray(QObject):
    """Shows its icon while the setting asks for it, or while a notice stands beside it."""

    def __init__(self, settings: Settings, window: QMainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        """Made when it is first shown: most people never see it."""
        self.menu = QMenu(window)
        self.menu.addAction(tr("Show Outrider"), self.show_window)
        self.menu.addActions(actions.entries(*_IN_THE_MENU))
        self.menu.addSeparator()
        self.menu.addAction(actions.entry(_QUIT))
        self.menu.triggered.connect(self._show_chosen)
        self._put_away = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._put_away.timeout.connect(self._refresh)
        self.notices = SystemNotices(system_command(), self)
        self.notices.chosen.connect(self.show_window)
        self.notices.refused.connect(self._tell_beside_icon)
        self._misses = 0
        self._watch = QTimer(self, interval=_LOOK_MS)
        self._watch.timeout.connect(self._look_for_tray)
        settings.changed.connect(self._follow)
        self._refresh()

    @property
    def keeps_running(self) -> bool:
        """Whether closing the window leaves it here: asked for, and there is a tray."""
        return self._settings.get(TRAY) and QSystemTrayIcon.isSystemTrayAvailable()

    def tell(self, title: str, words: str) -> None:
        """Say something while another window is in front: a notice, and a mark in the task bar."""
        QApplication.alert(self._window)
        self.notices.tell(title, words)

    def _tell_beside_icon(self, title: str, words: str) -> None:
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            icon = self._shown_icon()
            icon.showMessage(title, words, icon.icon(), SHOWN_MS)
            self._put_away.start()

    def show_window(self) -> None:
        """Bring the window to the front."""
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def keep(self) -> None:
        """Leave only the icon; the window comes back by itself where the tray goes away."""
        self._window.hide()
        self._misses = 0
        self._watch.start()

    def hide(self) -> None:
        """Take the icon away: the app ends."""
        self._watch.stop()
        self._take_away()

    def _take_away(self) -> None:
        self._put_away.stop()
        self.notices.close()
        if self._icon:
            self._icon.hide()

    def _look_for_tray(self) -> None:
        if self._window.isVisible():
            self._watch.stop()
        elif QSystemTrayIcon.isSystemTrayAvailable():
            self._misses = 0
        else:
            self._misses += 1
            if self._misses >= _GONE:
                self._watch.stop()
                self.show_window()

    def _show_chosen(self, entry: QAction) -> None:
        """What was chosen in the menu happens in the window, which may be hidden."""
        if entry.objectName() != _QUIT:
            self.show_window()

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_window()

    def _follow(self, setting: Setting[Any]) -> None:
        if setting == TRAY:
            self._refresh()

    def _refresh(self) -> None:
        if self.keeps_running:
            self._shown_icon()
        else:
            self._take_away()

    def _shown_icon(self) -> QSystemTrayIcon:
        if self._icon is None:
            self._icon = QSystemTrayIcon(application_icon(), self)
            self._icon.setToolTip("Outrider")
            self._icon.setContextMenu(self.menu)
            self._icon.activated.connect(self._clicked)
            self._icon.messageClicked.connect(self.show_window)
        self._icon.show()
        return self._icon


class ReplyNotice(QObject):
    """Tells when a long reply ended while a window of another app was in front."""

    def __init__(  # noqa: PLR0917 - whom it watches and whom it tells
        self,
        settings: Settings,
        chat: ChatModel,
        conversations: ConversationList,
        window: QMainWindow,
        tell: Callable[[str, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._chat = chat
        self._conversations = conversations
        self._tell = tell
        self._clock = clock
        self._began: float | None = None
        self._of: str | None = None
        chat.busy_changed.connect(self._follow)

    def _follow(self) -> None:
        run = self._chat.run
        if run and self._began is None:
            self._began, self._of = self._clock(), run.message.conversation_id
        elif not run and self._began is not None:
            seconds, self._began = self._clock() - self._began, None
            if seconds >= LONG_REPLY_SECONDS and self._is_wanted():
                self._tell(self._conversations.title(self._of), self._words())

    def _is_wanted(self) -> bool:
        return self._settings.get(NOTIFY) and QApplication.activeWindow() is None

    def _words(self) -> str:
        last = self._chat.last_message()
        is_shown = last is not None and last.conversation_id == self._of
        return (ending(last.state) if last and is_shown else "") or tr("The reply is finished")

"""The menu of one message: behind its "more" button, on the Menu key and on a right click."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop.conversations.values import StoredMessage
from desktop.message_actions import MessageActions
from desktop.profile_model import shown_name
from engine.events import Role
from engine.language import tr


class MessageMenu(QMenu):
    """Filled anew each time: what is possible changes while it is closed."""

    def __init__(
        self,
        actions: MessageActions,
        message: Callable[[], StoredMessage],
        edit: Callable[[], None],
        parent: QWidget,
    ) -> None:
        """`message` is asked for its newest state; `edit` edits it in place."""
        super().__init__(parent)
        self._actions = actions
        self._message = message
        self._edit = edit
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def show_for(self, event: QContextMenuEvent, anchor: QWidget) -> None:
        """Open where the pointer is, or for the keyboard under `anchor`."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.popup(anchor.mapToGlobal(QPoint(0, anchor.height())))
        else:
            self.popup(event.globalPos())
        event.accept()

    def _fill(self) -> None:
        self.clear()
        actions, message = self._actions, self._message()
        if message.role is Role.ASSISTANT:
            self._add(tr("Continue"), lambda: actions.go_on(message), actions.why_not_on(message))
        self._add(tr("Edit"), self._edit)
        self._add_profiles(message)
        busy = "" if actions.is_idle else tr("The engine is busy, or no model is loaded")
        self._add(tr("Compare two answers…"), lambda: actions.compare(message), busy)
        self.addSeparator()
        words = tr("Stop reading aloud") if actions.is_spoken(message) else tr("Read aloud")
        self._add(words, lambda: actions.speak(message), actions.speaker.refusal)
        self.addSeparator()
        self._add(tr("Delete from here on"), lambda: actions.delete(message))

    def _add(self, words: str, run: Callable[[], None], why_not: str = "") -> QAction:
        action = self.addAction(words)
        action.triggered.connect(run)
        action.setEnabled(not why_not)
        action.setToolTip(why_not or words)
        return action

    def _add_profiles(self, message: StoredMessage) -> None:
        menu = self.addMenu(tr("Answer with another profile"))
        menu.setToolTipsVisible(True)
        for profile in self._actions.profiles:
            action = menu.addAction(shown_name(profile.name, profile.missing).replace("&", "&&"))
            action.setEnabled(not profile.missing)
            action.setToolTip(profile.missing or profile.name)
            action.triggered.connect(
                lambda _checked=False, name=profile.name: self._actions.answer_by(message, name)
            )
        if not self._actions.profiles:
            words = tr("No profile yet: the bookmark in the header saves one")
            menu.addAction(words).setEnabled(False)

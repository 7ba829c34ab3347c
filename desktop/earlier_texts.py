"""What was said before the models were loaded: a source of guesses, where the person allows it."""

from typing import Any, Final

from PySide6.QtCore import QObject

from desktop.conversation_list import ConversationList
from desktop.conversations.store import ConversationStore
from desktop.engine_thread import EngineThread
from desktop.message_actions import MessageActions
from desktop.setting import Setting
from desktop.settings import EARLIER, Settings
from engine.errors import OutriderError

_MESSAGES: Final = 200
_CHARACTERS: Final = 256_000
"""Of all messages together: about as many tokens as the engine keeps, 64k."""


class EarlierTexts(QObject):
    """Hands the latest messages of the store to the engine: after loading, and when they change.

    Temporary conversations are in no store and the trash is left out, so that nothing of either
    comes here. Without the person's leave the engine hears nothing, and forgets what it heard.
    """

    def __init__(  # noqa: PLR0917 - whose changes it follows
        self,
        store: ConversationStore,
        engine: EngineThread,
        settings: Settings,
        conversations: ConversationList,
        actions: MessageActions,
        parent: QObject | None = None,
    ) -> None:
        """Made after `PairModel`, which tells the engine first that the setting has changed."""
        super().__init__(parent)
        self._store = store
        self._engine = engine
        self._settings = settings
        engine.loaded.connect(self.hand_over)
        settings.changed.connect(self._follow)
        for leaves_or_returns in (
            conversations.trashed,
            conversations.undone,
            conversations.restored,
            actions.deleted,
        ):
            leaves_or_returns.connect(self.hand_over)

    def hand_over(self) -> None:
        """Tell the engine of the latest messages, instead of those it knows of."""
        if not self._settings.get(EARLIER):
            return
        try:
            texts = self._store.latest_texts(_MESSAGES, _CHARACTERS)
        except OutriderError:
            return  # the disk has told of itself elsewhere, and these are only guesses
        self._engine.learn_earlier(texts)

    def _follow(self, setting: Setting[Any]) -> None:
        if setting is EARLIER:
            self.hand_over()

"""Everything below the views, put together on a fake session."""

from dataclasses import dataclass

from pytestqt.qtbot import QtBot

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import StoredMessage
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel
from desktop.profile_model import ProfileModel
from desktop.settings import Settings
from engine.errors import OutriderError
from tests.desktop.fakes import FakeOpener, FakeSession


@dataclass
class Desk:
    """Everything below the views, on a fake session."""

    opener: FakeOpener
    store: ConversationStore
    settings: Settings
    engine: EngineThread
    pair: PairModel
    chat: ChatModel
    conversations: ConversationList
    failures: list[OutriderError]
    profiles: ProfileModel

    @property
    def session(self) -> FakeSession:
        return self.opener.session

    def rest(self, qtbot: QtBot) -> None:
        """Until the engine has nothing to do any more."""
        done: list[bool] = []
        self.engine._worker.submit(lambda: done.append(True))
        qtbot.waitUntil(lambda: bool(done))

    def texts(self) -> list[str]:
        return [shown.message.text for shown in self.chat.messages()]

    def last(self) -> StoredMessage:
        return self.chat.messages()[-1].message

"""What the window tests share: one theme, and the models over a fake session."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import StoredMessage
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel, Phase
from desktop.settings import Settings
from desktop.theme import Theme, ThemeChoice
from engine.errors import OutriderError
from tests.desktop.fakes import PATIENCE, FakeOpener, FakeSession


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    qapp.setFont(QFont("Inter", 10))
    return Theme(qapp, ThemeChoice.LIGHT)


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

    @property
    def session(self) -> FakeSession:
        return self.opener.session

    def texts(self) -> list[str]:
        return [shown.message.text for shown in self.chat.messages()]

    def last(self) -> StoredMessage:
        return self.chat.messages()[-1].message


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A loaded pair and an empty store."""
    opener = FakeOpener()
    store = ConversationStore(tmp_path / "conversations.sqlite")
    settings = Settings(tmp_path / "settings.toml")
    engine = EngineThread(opener)
    pair = PairModel(engine, settings)
    chat = ChatModel(store, engine, pair)
    failures: list[OutriderError] = []
    for signal in (pair.failed, chat.failed):
        signal.connect(failures.append)
    desk = Desk(opener, store, settings, engine, pair, chat, ConversationList(store), failures)
    desk.conversations.failed.connect(failures.append)
    pair.load()
    qtbot.waitUntil(lambda: pair.phase is Phase.READY)
    yield desk
    opener.gate.open()
    opener.session.gate.open()
    assert engine.shutdown(PATIENCE)
    store.close()

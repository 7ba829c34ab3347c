"""What the window tests share: one theme, the models over a fake session, the whole app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.conversations.store import ConversationStore
from desktop.engine_thread import EngineThread
from desktop.pair_model import PairModel, Phase
from desktop.profile_model import ProfileModel
from desktop.settings import AUTO_TITLES, Settings
from desktop.theme import Look, Theme, ThemeChoice
from engine.errors import OutriderError
from engine.library.profiles import ProfileStore
from tests.desktop.desk import Desk
from tests.desktop.fakes import PATIENCE, FakeHub, FakeLibrary, FakeOpener, FakePlanner, FakeTester


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    qapp.setFont(QFont("Inter", 10))
    return Theme(qapp, Look(ThemeChoice.LIGHT))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A loaded pair and an empty store."""
    opener = FakeOpener()
    store = ConversationStore(tmp_path / "conversations.sqlite")
    settings = Settings(tmp_path / "settings.toml")
    engine = EngineThread(opener)
    profiles = ProfileModel(ProfileStore(tmp_path / "profiles.toml"), settings)
    pair = PairModel(engine, settings, profiles)
    chat = ChatModel(store, engine, pair)
    failures: list[OutriderError] = []
    for signal in (pair.failed, pair.load_failed, chat.failed, profiles.failed):
        signal.connect(failures.append)
    desk = Desk(
        opener, store, settings, engine, pair, chat, ConversationList(store), failures, profiles
    )
    desk.conversations.failed.connect(failures.append)
    desk.conversations.undone.connect(chat.refresh)
    pair.load()
    qtbot.waitUntil(lambda: pair.phase is Phase.READY)
    yield desk
    opener.gate.open()
    opener.session.gate.open()
    assert engine.shutdown(PATIENCE)
    store.close()


@pytest.fixture
def opener() -> FakeOpener:
    return FakeOpener()


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


@pytest.fixture
def planner() -> FakePlanner:
    return FakePlanner()


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def tester() -> FakeTester:
    return FakeTester()


@pytest.fixture
def app(  # noqa: PLR0917 - one seam each
    qtbot: QtBot,
    qapp: QApplication,
    opener: FakeOpener,
    library: FakeLibrary,
    planner: FakePlanner,
    hub: FakeHub,
    tester: FakeTester,
) -> Iterator[Desktop]:
    """The whole app over fakes, its pair loaded."""
    app = Desktop(qapp, opener=opener, library=library, planner=planner, hub=hub, tester=tester)
    app.settings.set(AUTO_TITLES, value=False)  # its turns would come between those of a test
    app.start()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    yield app
    opener.gate.open()
    opener.session.gate.open()
    tester.gate.open()
    assert app.shutdown()
    app.window.deleteLater()

"""The whole window with a real engine in a process of its own, and ways to make that fail."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.conversations.values import MessageState, StoredMessage
from desktop.engine_port import EngineSession, OpenRequest
from desktop.error_text import ErrorAction
from desktop.pair_model import Phase
from desktop.views.error_details import ErrorDetails
from engine.cancel import CancelToken
from engine.config import Mode, SessionConfig
from engine.events import LoadProgress
from engine.isolated.session import IsolatedSession
from tests.desktop.fakes import FakeLibrary
from tests.engine.conftest import smollm2
from tests.engine.sessions import pair_config
from tests.faults.gate import Gate, engines_failing

__all__ = ["smollm2"]

FULL: Final = bool(os.environ.get("OUTRIDER_ALL_FAULTS"))
"""`make faults`: as often as the promise says; else often enough for a gate."""
PATIENCE_MS: Final = 60_000
LONG: Final = "Count from one to five hundred, in words."


@dataclass
class RealOpener:
    """Implements `Opener` over real sessions of `config`, whatever is requested."""

    config: SessionConfig
    requests: list[OpenRequest] = field(default_factory=list)
    sessions: list[IsolatedSession] = field(default_factory=list)

    def __call__(
        self, request: OpenRequest, *, progress: Callable[[LoadProgress], None], cancel: CancelToken
    ) -> EngineSession:
        self.requests.append(request)
        session = IsolatedSession.open(self.config, progress=progress, cancel=cancel)
        self.sessions.append(session)
        return session


@dataclass
class Scene:
    """The window, and what a person does in it."""

    app: Desktop
    opener: RealOpener
    qtbot: QtBot
    gate: Gate

    @property
    def pid(self) -> int:
        """Of the engine's process."""
        return self.opener.sessions[-1].process_id

    @property
    def reply(self) -> StoredMessage:
        """The last message, as it is shown."""
        return self.app.chat.messages()[-1].message

    @property
    def reply_on_disk(self) -> StoredMessage:
        conversation_id = self.app.chat.conversation_id
        assert conversation_id
        return self.app.store.path(conversation_id)[-1]

    @property
    def banner(self) -> str:
        """What the window says; "" for nothing."""
        banner = self.app.window.page.banner
        return banner.accessibleName() if banner.isVisible() else ""

    @property
    def details(self) -> str:
        """What the button of that name opens."""
        banner = self.app.window.page.banner
        assert banner.details.isVisible()
        banner.details.click()
        dialog = banner.findChild(ErrorDetails)
        assert isinstance(dialog, ErrorDetails)
        words = dialog.text.toPlainText()
        dialog.accept()
        return words

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def begin(self, text: str = LONG) -> str:
        """Send a message, and give back the first letters of its reply, which is to fail."""
        self.gate.close()
        assert self.app.chat.send(text)
        self.wait(lambda: bool(self.reply.text) or self.app.chat.run is None)
        assert self.reply.text, self.banner
        return self.reply.text

    def ask(self, text: str = "Say hello.") -> StoredMessage:
        """A whole reply."""
        assert self.app.chat.send(text)
        self.wait(lambda: self.app.chat.run is None)
        assert self.reply_on_disk.state is MessageState.COMPLETE, self.banner
        assert self.reply_on_disk.text
        return self.reply_on_disk

    def wait_for_death(self, seen: str) -> None:
        """The engine is gone, and nothing of what was seen is lost."""
        self.wait(lambda: self.app.pair.phase is Phase.EMPTY)
        self.wait(lambda: self.app.chat.run is None)
        assert self.reply_on_disk.text.startswith(seen)
        assert self.reply_on_disk.state in (MessageState.FAILED, MessageState.STOPPED)

    def choose(self, action: ErrorAction) -> None:
        """Press a button of the banner, and wait for the engine."""
        banner = self.app.window.page.banner
        assert action in banner.offered
        banner.action_chosen.emit(action)
        self.wait(lambda: self.app.pair.phase is not Phase.LOADING)
        assert self.app.pair.phase is Phase.READY, self.banner


@contextmanager
def opened(
    qtbot: QtBot, qapp: QApplication, config: SessionConfig, fault: str = "hold"
) -> Iterator[Scene]:
    """The app, with this pair loaded."""
    opener = RealOpener(config)
    with engines_failing(fault) as gate:
        app = Desktop(qapp, opener=opener, library=FakeLibrary())
        scene = Scene(app, opener, qtbot, gate)
        app.start()
        try:
            scene.wait(lambda: app.pair.phase is not Phase.LOADING)
            yield scene
        finally:
            assert app.shutdown()
            app.window.deleteLater()
            assert not any(psutil.pid_exists(session.process_id) for session in opener.sessions)


@pytest.fixture
def scene(qtbot: QtBot, qapp: QApplication, smollm2: Path) -> Iterator[Scene]:
    """The app with the starter model, plain."""
    with opened(qtbot, qapp, plain(smollm2)) as scene:
        yield scene


def plain(model: Path) -> SessionConfig:
    """Quick to load, for nothing is measured without speculation; its replies are short."""
    return pair_config(model, None, mode=Mode.OFF, context=192)

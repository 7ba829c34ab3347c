"""The person of the journeys: does with mouse and keyboard what people do."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.engine_port import Opener
from desktop.settings import AUTO_TITLES
from desktop.views.prose import ProseView
from tests.desktop.fakes import FakeHub, FakeLibrary, FakePlanner

LOAD_MS = 240_000
REPLY_MS = 240_000


class Person:
    """Does what a person does, with mouse and keyboard."""

    app: Desktop

    def __init__(
        self, qtbot: QtBot, application: QApplication, opener: Opener, *, titles: bool = False
    ) -> None:
        """`titles`: the model names conversations."""
        self._titles = titles
        self._qtbot = qtbot
        self._application = application
        self._opener = opener
        self.starts()

    def starts(self) -> None:
        self.app = Desktop(
            self._application,
            opener=self._opener,
            library=FakeLibrary(),
            planner=FakePlanner(),
            hub=FakeHub(),
        )
        self.app.settings.set(AUTO_TITLES, value=self._titles)
        self.app.start()

    def wait(self, condition: Callable[[], bool], timeout: int = REPLY_MS) -> None:
        self._qtbot.waitUntil(condition, timeout=timeout)

    def writes(self, text: str) -> None:
        edit = self.app.window.page.composer.edit
        QTest.keyClicks(edit, text)
        QTest.keyClick(edit, Qt.Key.Key_Return)

    def presses(self, name: str) -> None:
        buttons = [
            button
            for button in self.app.window.findChildren(QAbstractButton)
            if button.accessibleName() == name and button.isVisible() and button.isEnabled()
        ]
        QTest.mouseClick(buttons[-1], Qt.MouseButton.LeftButton)

    def sees(self) -> str:
        views = self.app.window.findChildren(ProseView)
        return "\n".join(view.toPlainText() for view in views if view.isVisible())

    def waits_for_the_reply(self) -> None:
        self.wait(lambda: self.app.chat.run is None)

    def closes(self) -> None:
        self.app.window.close()
        assert self.app.shutdown()
        self.app.window.deleteLater()

    def restarts(self) -> None:
        self.closes()
        self.starts()

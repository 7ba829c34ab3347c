"""The update check behind its menu entry: silent until it is asked, then one answer."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.update_desk import CURRENT, UpdateDesk
from desktop.updates import NoAnswer, Releases
from desktop.views.update_box import UpdateBox

RELEASES = Releases("https://releases.example/latest-version", "https://releases.example/")


class Page:
    """Stands for the version file; counts who asks."""

    def __init__(self) -> None:
        self.answer: str | NoAnswer | None = None
        self.asked = 0

    def __call__(self, releases: Releases, current: str) -> str | None:
        assert (releases, current) == (RELEASES, CURRENT)
        self.asked += 1
        if isinstance(self.answer, NoAnswer):
            raise self.answer
        return self.answer


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def desk(page: Page) -> Iterator[UpdateDesk]:
    desk = UpdateDesk(RELEASES, page)
    yield desk
    assert desk.shutdown(10)


@pytest.fixture
def window(qtbot: QtBot, desk: UpdateDesk) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    UpdateBox(desk, window)
    window.show()
    return window


def only_box(window: QWidget) -> QMessageBox:
    (box,) = window.findChildren(QMessageBox)
    return box


def button(box: QMessageBox, name: str) -> QPushButton:
    (found,) = [b for b in box.findChildren(QPushButton) if b.text() == name]
    return found


def test_nobody_is_asked_before_the_person_asks(
    qtbot: QtBot, page: Page, desk: UpdateDesk, window: QWidget
) -> None:
    qtbot.wait(50)
    assert page.asked == 0
    with qtbot.waitSignal(desk.none_newer):
        desk.ask()
    assert page.asked == 1
    assert only_box(window).text() == f"Outrider {CURRENT} is the newest version."


def test_a_newer_version_is_a_page_in_the_browser_and_nothing_else(
    qtbot: QtBot, page: Page, desk: UpdateDesk, window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    page.answer = "99.0.0"
    with qtbot.waitSignal(desk.found):
        desk.ask()
    box = only_box(window)
    assert box.text() == f"Outrider 99.0.0 is there. This is {CURRENT}."
    assert opened == []
    button(box, "Open the page").click()
    assert opened == [RELEASES.page]


def test_a_failure_is_told_in_its_own_words(
    qtbot: QtBot, page: Page, desk: UpdateDesk, window: QWidget
) -> None:
    page.answer = NoAnswer("The page does not answer.", hint="Try again.")
    with qtbot.waitSignal(desk.failed):
        desk.ask()
    assert only_box(window).text() == "The page does not answer. Try again."

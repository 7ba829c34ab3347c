"""The hub in the dialog: silent until asked, downloads with pause, resume, remove."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QInputDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.download_words import download_line
from desktop.views.download_panel import DownloadPanel
from desktop.views.model_dialog import ModelDialog
from desktop.views.model_list import ModelListView
from engine.errors import AccessNeeded, HubTrouble
from engine.library.hub.download_state import Download, DownloadState
from tests.desktop.fakes import REMOTE, REPO, FakeHub, FakeLibrary


@pytest.fixture
def dialog(qtbot: QtBot, app: Desktop) -> ModelDialog:
    return app.window.open_models()


def view(dialog: ModelDialog, name: str) -> ModelListView:
    return next(v for v in dialog.findChildren(ModelListView) if v.accessibleName() == name)


def press(dialog: QWidget, name: str) -> None:
    button = next(
        b
        for b in dialog.findChildren(QAbstractButton)
        if b.accessibleName().startswith(name) and b.isVisibleTo(dialog)
    )
    assert button.isEnabled()
    button.click()


def words(dialog: QWidget) -> str:
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog)]
    return "\n".join(label.text() for label in labels)


def search(qtbot: QtBot, dialog: ModelDialog, hub: FakeHub) -> None:
    press(dialog, "Hub")
    field = dialog.findChildren(QLineEdit)[0]
    QTest.keyClicks(field, "big")
    assert hub.asked == [], "typing asks nobody"
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: hub.asked == ["search big None"])


def look(qtbot: QtBot, dialog: ModelDialog, hub: FakeHub) -> None:
    search(qtbot, dialog, hub)
    results = view(dialog, "Search results")
    qtbot.waitUntil(lambda: len(results.rows) == 1)
    results.clicked.emit(results.model().index(0, 0))
    files = view(dialog, "Files of the repository")
    qtbot.waitUntil(lambda: len(files.rows) == 1)


def test_search_results_say_what_they_are(qtbot: QtBot, dialog: ModelDialog, hub: FakeHub) -> None:
    search(qtbot, dialog, hub)
    results = view(dialog, "Search results")
    qtbot.waitUntil(lambda: len(results.rows) == 1)
    (row,) = results.rows
    assert row.sentence == f"{REPO}, 1,200 downloads, Asks for access, 8.0 B parameters · llama"
    assert dialog.isVisible(), "Enter in the search field loads nothing"


def test_a_failure_is_a_sentence(qtbot: QtBot, dialog: ModelDialog, hub: FakeHub) -> None:
    hub.error = HubTrouble("Offline mode is on.", hint="Switch it off in the settings.")
    search(qtbot, dialog, hub)
    qtbot.waitUntil(lambda: "Offline mode is on." in words(dialog))


def test_a_model_is_downloaded_paused_resumed_and_used(
    qtbot: QtBot, dialog: ModelDialog, hub: FakeHub, library: FakeLibrary
) -> None:
    look(qtbot, dialog, hub)
    assert "licence apache-2.0" in words(dialog)
    files = view(dialog, "Files of the repository")
    files.clicked.emit(files.model().index(0, 0))
    press(dialog, "Download")
    panel = dialog.findChildren(DownloadPanel)[0]
    qtbot.waitUntil(lambda: "2.0 GB of 4.0 GB · 10.0 MB/s · 3 min left" in words(dialog))
    press(panel, "Pause")
    qtbot.waitUntil(lambda: "Paused at 2.0 GB of 4.0 GB" in words(dialog))
    press(panel, "Resume")
    qtbot.waitUntil(lambda: "3 min left" in words(dialog))
    assert hub.queue is not None
    arrived = Path("/cache/Big-Q4_K_M.gguf")
    hub.queue.finish(REMOTE.id, arrived)
    qtbot.waitUntil(lambda: ("add", arrived) in library.changes)
    qtbot.waitUntil(lambda: "Here and checked" in words(dialog))
    press(panel, "Use now")
    targets = view(dialog, "Targets")
    qtbot.waitUntil(lambda: targets.chosen_row() is not None and targets.choice == arrived)


def test_a_download_is_removed(qtbot: QtBot, dialog: ModelDialog, hub: FakeHub) -> None:
    look(qtbot, dialog, hub)
    files = view(dialog, "Files of the repository")
    files.activated.emit(files.model().index(0, 0))
    panel = dialog.findChildren(DownloadPanel)[0]
    qtbot.waitUntil(lambda: panel.isVisibleTo(dialog))
    press(panel, "Remove")
    qtbot.waitUntil(lambda: not panel.isVisibleTo(dialog))


def test_unfinished_downloads_of_an_earlier_start_wait(
    qtbot: QtBot, app: Desktop, hub: FakeHub
) -> None:
    hub.unfinished = (Download(REMOTE, DownloadState.PAUSED, 10**9),)
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: "Paused at 1.0 GB of 4.0 GB" in words(dialog))
    assert hub.asked == []


def test_a_recommended_pair_is_downloaded(qtbot: QtBot, dialog: ModelDialog, hub: FakeHub) -> None:
    press(dialog, "Catalogue")
    rows = view(dialog, "Recommended pairs").rows
    assert len(rows) > 3
    assert hub.asked == []
    press(dialog, "Download both")
    qtbot.waitUntil(lambda: len(hub.asked) == 2)
    assert all(asked.startswith("details ") for asked in hub.asked)
    qtbot.waitUntil(lambda: "does not hold" in words(dialog))


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (DownloadState.QUEUED, "Waits for the others · 1.0 GB of 4.0 GB"),
        (DownloadState.CHECKING, "Checking what is here · 1.0 GB of 4.0 GB"),
        (DownloadState.WAITING, "Waiting · 1.0 GB of 4.0 GB"),
        (DownloadState.DONE, "Here and checked · 4.0 GB"),
    ],
)
def test_every_state_has_a_line(state: DownloadState, line: str) -> None:
    assert download_line(Download(REMOTE, state, 10**9)) == line


def test_a_failed_download_says_why() -> None:
    error = AccessNeeded("It is gated.", hint="Open its page.", page="https://hub.example")
    download = Download(REMOTE, DownloadState.FAILED, 0, error=error)
    assert download_line(download) == "It is gated. Open its page."
    noted = replace(download, state=DownloadState.WAITING, error=None, note="Connection lost")
    assert download_line(noted).startswith("Connection lost · nothing of 4.0 GB")


def test_a_gated_download_leads_to_its_page(
    qtbot: QtBot, app: Desktop, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    gated = AccessNeeded("It is gated.", hint="Open its page.", page="https://hub.example/big")
    hub.unfinished = (Download(REMOTE, DownloadState.FAILED, 0, error=gated),)
    dialog = app.window.open_models()
    qtbot.waitUntil(lambda: "It is gated." in words(dialog))
    press(dialog, "Open the page")
    assert opened == ["https://hub.example/big"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "Signed in as ada. Gated downloads can be tried again."),
        (AccessNeeded("The hub does not know this token.", page=""), "does not know this token"),
    ],
)
def test_a_token_is_kept_once_the_hub_knows_it(
    qtbot: QtBot,
    dialog: ModelDialog,
    hub: FakeHub,
    error: AccessNeeded | None,
    said: str,
) -> None:
    hub.error = error
    press(dialog, "Hub")
    press(dialog, "Sign in")
    asking = dialog.findChild(QInputDialog)
    assert isinstance(asking, QInputDialog)
    field = asking.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(field, " hf_secret ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: said in words(dialog))
    assert hub.asked == ["sign in"]


def test_the_sidebar_shows_the_download_that_moves(
    qtbot: QtBot, app: Desktop, dialog: ModelDialog, hub: FakeHub
) -> None:
    (card,) = app.window.sidebar.findChildren(DownloadPanel)
    assert card.isHidden()
    look(qtbot, dialog, hub)
    files = view(dialog, "Files of the repository")
    files.activated.emit(files.model().index(0, 0))
    qtbot.waitUntil(lambda: not card.isHidden())
    assert "2.0 GB of 4.0 GB · 3 min left" in words(card)
    press(card, "Pause")
    qtbot.waitUntil(lambda: "Paused at 2.0 GB of 4.0 GB" in words(card))
    press(card, "Remove")
    qtbot.waitUntil(card.isHidden)

"""The rail: what stands beside it, the way back to it, and the downloads while there are any."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.views.controls import IconButton
from desktop.views.rail import Rail
from engine.library.hub.download_state import Download, DownloadState
from engine.library.hub.values import RemoteFile, RemoteModel

FILE = RemoteFile("Qwen3-8B-Q4_K_M.gguf", 5 * 10**9, "0" * 64)
MOVING = Download(
    RemoteModel("someone/Qwen3-8B-GGUF", "0" * 40, (FILE,), "Q4_K_M"),
    DownloadState.RECEIVING,
    3 * 10**9,
)


@pytest.fixture
def rail(qtbot: QtBot, app: Desktop) -> Rail:
    app.window.resize(840, 600)
    qtbot.waitUntil(app.window.side.rail.isVisible)
    return app.window.side.rail


def button(rail: Rail, name: str) -> IconButton:
    (found,) = [one for one in rail.findChildren(IconButton) if one.accessibleName() == name]
    return found


def test_it_leads_back_to_the_chat(qtbot: QtBot, app: Desktop, rail: Rail) -> None:
    chat = button(rail, "Conversation")
    assert chat.isChecked()
    app.window.side.show_tree(shown=True)
    assert not app.window.page.isVisible()
    assert not chat.isChecked()
    chat.click()
    assert app.window.page.isVisible()
    assert chat.isChecked()
    qtbot.waitUntil(app.window.page.composer.edit.hasFocus)


def test_where_the_chat_is_a_click_stays_there(app: Desktop, rail: Rail) -> None:
    app.window.side.toggle()
    assert app.window.sidebar.isVisible()
    button(rail, "Conversation").click()
    assert not app.window.sidebar.isVisible()
    assert button(rail, "Conversation").isChecked()


def test_downloads_have_a_button_while_there_are_any(app: Desktop, rail: Rail) -> None:
    downloads = button(rail, "Downloads")
    assert not downloads.isVisible()
    app.window.side.rail.show_downloads((MOVING,))
    assert downloads.isVisible()
    assert "3.0 GB of 5.0 GB" in downloads.toolTip()
    downloads.click()
    assert app.window.sidebar.isVisible()
    rail.show_downloads(())
    assert not downloads.isVisible()

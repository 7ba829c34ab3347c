"""The disk that holds the conversations gives up in the middle of a reply."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.conversations.place import conversations_file
from desktop.conversations.values import MessageState
from desktop.error_text import ErrorAction
from tests.faults.conftest import Scene, opened, plain

pytestmark = pytest.mark.real_model


def save_again(scene: Scene) -> None:
    assert scene.app.window.page.banner.offered == (ErrorAction.TRY_AGAIN,)
    whole = scene.reply.text
    scene.app.window.page.banner.action_chosen.emit(ErrorAction.TRY_AGAIN)
    assert scene.reply_on_disk.text == whole
    assert scene.reply_on_disk.state is MessageState.COMPLETE
    scene.ask()


def test_disk_full(qtbot: QtBot, qapp: QApplication, smollm2: Path) -> None:
    """SQLite's own limit of pages: it reports the same as a disk without a free block."""
    with opened(qtbot, qapp, plain(smollm2), "hold, then much text") as scene:
        scene.begin()
        store = scene.app.store._database
        store.change(f"PRAGMA max_page_count = {store.pragma('page_count')}")
        scene.gate.open()
        scene.wait(lambda: scene.app.chat.run is None)
        assert "disk is full" in scene.banner
        assert len(scene.reply_on_disk.text) < len(scene.reply.text)
        store.change("PRAGMA max_page_count = 1000000")
        save_again(scene)


def test_database_locked(scene: Scene) -> None:
    """The window goes on; a lock of some seconds is told, and all is saved by itself after it."""
    scene.begin()
    with closing(sqlite3.connect(conversations_file())) as other:
        other.execute("BEGIN IMMEDIATE")
        scene.gate.open()
        scene.wait(lambda: scene.app.chat.run is None)
        whole = scene.reply.text
        assert scene.reply_on_disk.text != whole
        scene.wait(lambda: "Another program is writing" in scene.banner)
        other.rollback()
    scene.wait(lambda: scene.reply_on_disk.state is MessageState.COMPLETE)
    assert scene.reply_on_disk.text == whole
    scene.wait(lambda: "everything is saved now" in scene.banner)
    scene.ask()

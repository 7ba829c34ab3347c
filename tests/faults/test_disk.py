"""The disk that holds the conversations gives up in the middle of a reply."""

import sqlite3
from contextlib import closing

import pytest

from desktop.conversations import database
from desktop.conversations.place import conversations_file
from desktop.conversations.values import MessageState
from desktop.error_text import ErrorAction
from tests.faults.conftest import Scene

pytestmark = pytest.mark.real_model


def save_again(scene: Scene) -> None:
    assert scene.app.window.page.banner.offered == (ErrorAction.TRY_AGAIN,)
    whole = scene.reply.text
    scene.app.window.page.banner.action_chosen.emit(ErrorAction.TRY_AGAIN)
    assert scene.reply_on_disk.text == whole
    assert scene.reply_on_disk.state is MessageState.COMPLETE
    scene.ask()


def test_disk_full(scene: Scene) -> None:
    """SQLite's own limit of pages: it reports the same as a disk without a free block."""
    scene.begin("Write a long story about a boat.", words=1)
    store = scene.app.store._database
    store.change(f"PRAGMA max_page_count = {store.pragma('page_count')}")
    scene.wait(lambda: scene.app.chat.run is None)
    if scene.reply_on_disk.state is not MessageState.COMPLETE:
        assert "disk is full" in scene.banner
    store.change("PRAGMA max_page_count = 1000000")
    scene.app.chat.save_again()
    assert scene.reply_on_disk.text == scene.reply.text
    scene.ask()


def test_database_locked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.begin()
    with closing(sqlite3.connect(conversations_file())) as other:
        scene.app.store._database.pragma("busy_timeout")
        scene.app.store._database.change("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        scene.wait(lambda: scene.app.chat.run is None)
        assert scene.banner
        other.rollback()
    scene.app.store._database.change(f"PRAGMA busy_timeout = {int(database.BUSY_SECONDS * 1000)}")
    save_again(scene)

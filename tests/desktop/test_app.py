"""Composition and the order of the end; and that PySide6 keeps its hands off None."""

import sys
from contextlib import closing

import pytest
from PySide6.QtGui import QAction, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desktop, Shutdown
from desktop.conversations import ConversationStore, MessageState
from desktop.conversations.backup import daily_backups
from desktop.conversations.place import conversations_file
from desktop.pair_model import Phase
from desktop.update_desk import UpdateDesk
from desktop.updates import Releases
from engine import paths
from engine.errors import DiskTrouble, ModelNotFound
from tests.desktop.fakes import FakeHub, FakeLibrary, FakeOpener, FakePlanner


def test_the_last_made_ends_first_and_only_once() -> None:
    ended: list[str] = []
    shutdown = Shutdown()
    shutdown.register("store", lambda: ended.append("store"))
    shutdown.register("engine", lambda: ended.append("engine"))
    assert shutdown.run()
    assert shutdown.run()
    assert ended == ["engine", "store"]


def test_a_stage_that_fails_does_not_keep_the_others_from_ending() -> None:
    ended: list[str] = []

    def fail() -> None:
        raise OSError

    shutdown = Shutdown()
    shutdown.register("store", lambda: ended.append("store"))
    shutdown.register("engine", fail)
    assert not shutdown.run()
    assert ended == ["store"]


def test_a_stage_that_is_too_slow_is_told() -> None:
    shutdown = Shutdown()
    shutdown.register("engine", lambda: False)
    assert not shutdown.run()


def test_closing_the_window_in_the_middle_of_a_reply_keeps_it(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.gate.close()
    app.chat.send("Hello")
    opener.session.gate.step()
    qtbot.waitUntil(lambda: app.chat.run is not None and app.chat.run.message.text != "")
    with qtbot.waitSignal(app.finished):
        app.window.close()
    assert opener.session.closed
    with closing(ConversationStore(conversations_file())) as store:
        reply = store.path(store.conversations()[0].id)[-1]
    assert reply.state is MessageState.CLOSED
    assert reply.text != ""


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_a_second_start_brings_the_window_back(qtbot: QtBot, app: Desktop) -> None:
    app.window.hide()
    app.come_to_front([])
    assert app.window.isVisible()
    assert not app.window.isMinimized()


def test_the_conversations_are_copied_once_a_day(qtbot: QtBot, app: Desktop) -> None:
    qtbot.waitUntil(lambda: len(daily_backups(conversations_file())) == 1)


def test_damage_found_beside_the_work_is_told(qtbot: QtBot, app: Desktop) -> None:
    app.upkeep.failed.emit(DiskTrouble("The conversations file is damaged."))
    assert "damaged" in app.window.page.banner._message.text()


def test_a_missing_starter_model_leaves_one_thing_to_do(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.error = ModelNotFound("The starter model is not on this computer.")
    app.pair.load()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.EMPTY)
    empty = app.window.page.empty
    with qtbot.waitSignal(empty.models_asked):
        empty.choose_button.click()


def test_pyside_does_not_lose_references_to_none() -> None:
    """PySide6 6.12.0 on Python 3.11 did, until the interpreter aborted."""
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    pen = QPen()
    before = sys.getrefcount(None)
    for _ in range(1000):
        painter.setPen(pen)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert lost < 100


def test_all_that_must_be_told_at_the_start_is_told(
    qtbot: QtBot, qapp: QApplication, opener: FakeOpener, library: FakeLibrary
) -> None:
    conversations_file().write_bytes(b"no database at all")
    (paths.config_dir() / "settings.toml").write_text("= damaged")
    app = Desktop(qapp, opener=opener, library=library, planner=FakePlanner(), hub=FakeHub())
    app.start()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    told = app.window.page.notice.accessibleName()
    assert "conversations file is damaged" in told
    assert "settings file could not be read" in told
    assert app.window.page.notice.isVisible()
    assert app.shutdown()
    app.window.deleteLater()


def updates_entry(app: Desktop) -> list[QAction]:
    menu = app.window.page.header.menu
    return [action for action in menu.actions() if action.text() == "Check for updates"]


def test_where_nobody_knows_of_new_versions_nothing_offers_to_look(app: Desktop) -> None:
    assert updates_entry(app) == []


def test_a_look_for_a_new_version_is_in_the_menu(
    qapp: QApplication,
    opener: FakeOpener,
    library: FakeLibrary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[UpdateDesk] = []
    monkeypatch.setattr(UpdateDesk, "ask", lambda desk: asked.append(desk))  # noqa: PLW0108 - bound
    releases = Releases("https://releases.example/version", "https://releases.example/")
    app = Desktop(
        qapp,
        opener=opener,
        library=library,
        planner=FakePlanner(),
        hub=FakeHub(),
        releases=releases,
    )
    (entry,) = updates_entry(app)
    entry.trigger()
    assert len(asked) == 1
    assert app.shutdown()
    app.window.deleteLater()

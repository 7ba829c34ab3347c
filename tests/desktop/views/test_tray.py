"""The tray and notices: only when they are wanted, only while another window is in front."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktop.actions import Actions, Group
from desktop.app import Desktop
from desktop.setting import Page
from desktop.settings import NOTIFY, TRAY
from desktop.views.tray import LONG_REPLY_SECONDS, ReplyNotice, Tray
from tests.desktop.desk import Desk


@pytest.fixture
def has_tray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _self: None)
    monkeypatch.setattr(QSystemTrayIcon, "hide", lambda _self: None)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


class Told:
    def __init__(self, desk: Desk, window: QMainWindow) -> None:
        self.said: list[tuple[str, str]] = []
        self.now = 0.0
        self.desk = desk
        ReplyNotice(
            desk.settings,
            desk.chat,
            desk.conversations,
            window,
            lambda title, words: self.said.append((title, words)),
            lambda: self.now,
        )

    def reply(self, qtbot: QtBot, seconds: float) -> None:
        self.desk.opener.session.gate.close()
        self.desk.chat.send("How do tides work")
        self.now += seconds
        self.desk.opener.session.gate.open()
        qtbot.waitUntil(lambda: self.desk.chat.run is None)


def test_a_long_reply_is_told_with_its_title(
    qtbot: QtBot, desk: Desk, window: QMainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    told = Told(desk, window)
    told.reply(qtbot, LONG_REPLY_SECONDS)
    assert told.said == [("How do tides work", "The reply is finished")]


def test_a_short_reply_is_not(qtbot: QtBot, desk: Desk, window: QMainWindow) -> None:
    told = Told(desk, window)
    told.reply(qtbot, LONG_REPLY_SECONDS - 1)
    assert told.said == []


def test_nor_is_one_that_the_person_watches_or_does_not_want_told(
    qtbot: QtBot, desk: Desk, window: QMainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told(desk, window)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: window)
    told.reply(qtbot, 100)
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    desk.settings.set(NOTIFY, False)
    told.reply(qtbot, 100)
    assert told.said == []


def test_the_tray_keeps_the_app_only_where_it_is_wanted_and_there_is_one(
    desk: Desk, window: QMainWindow, has_tray: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = Actions(desk.settings, window)
    for id_ in ("conversation.new", "app.settings", "app.quit"):
        actions.add(id_, id_, lambda: None, group=Group.OUTRIDER)
    tray = Tray(desk.settings, window, actions)

    def keeps_running() -> bool:
        return tray.keeps_running

    assert not keeps_running()
    desk.settings.set(TRAY, True)
    assert keeps_running()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    assert not keeps_running()


def test_closing_hides_the_window_and_quit_ends_the_app(
    qtbot: QtBot, app: Desktop, has_tray: None
) -> None:
    app.settings.set(TRAY, True)
    with qtbot.assertNotEmitted(app.finished):
        app.window.close()
    assert not app.window.isVisible()
    app.window.tray.show_window()
    assert app.window.isVisible()
    with qtbot.waitSignal(app.finished):
        app.window.commands.entry("app.quit").trigger()


def test_the_setting_says_where_there_is_no_tray(
    app: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for has_one in (True, False):
        monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda has=has_one: has)
        dialog = app.window.open_settings(Page.APPEARANCE)
        rows = dialog.sections[Page.APPEARANCE].rows
        row = next(one for one in rows if one.setting == TRAY)
        said = [one.text() for one in row.findChildren(QLabel) if one.isVisible()]
        assert any("shows no tray now" in words for words in said) is not has_one
        dialog.reject()


def test_a_notice_is_shown_by_the_system_and_a_click_brings_the_window_back(
    app: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    notices = app.window.tray.notices
    monkeypatch.setattr(notices, "tell", lambda title, words: told.append((title, words)))
    app.window.hide()
    app.window.tray.tell("Tides", "The reply is finished")
    assert told == [("Tides", "The reply is finished")]
    notices.chosen.emit()
    assert app.window.isVisible()


def test_what_is_chosen_in_its_menu_is_seen(app: Desktop, has_tray: None) -> None:
    app.settings.set(TRAY, True)
    app.window.close()
    menu = app.window.tray.menu
    entry = next(one for one in menu.actions() if one.objectName() == "conversation.new")
    menu.triggered.emit(entry)
    assert app.window.isVisible()


def test_the_window_comes_back_where_the_tray_goes_away(
    app: Desktop, has_tray: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.settings.set(TRAY, value=True)
    tray = app.window.tray
    app.window.close()
    assert not app.window.isVisible()
    tray._watch.timeout.emit()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    tray._watch.timeout.emit()
    assert not app.window.isVisible()  # a panel that starts anew
    tray._watch.timeout.emit()
    assert app.window.isVisible()
    assert not tray._watch.isActive()


def test_an_app_that_ends_in_the_tray_shows_no_window(app: Desktop, has_tray: None) -> None:
    app.settings.set(TRAY, value=True)
    app.window.close()
    assert app.window.tray._watch.isActive()
    app.window.tray.hide()
    assert not app.window.tray._watch.isActive()

"""The first start: greeted once, an answer from what is here, and what else would run."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.pair_model import Phase
from desktop.settings import TARGET
from desktop.theme import ThemeChoice
from desktop.views.model_dialog import ModelDialog
from desktop.views.welcome import Welcome
from desktop.views.welcome_offer import WelcomeOffer
from engine.memory_plan.machine_facts import DeviceFacts, MachineFacts
from tests.desktop.fakes import FakeHub, FakeLibrary, FakeOpener, FakePlanner, make_plan

GIGA = 10**9
MACHINE = MachineFacts(
    32 * GIGA, (DeviceFacts("CUDA0", "GeForce RTX 4070", 12 * GIGA),), disk_speed=3e9
)


def started(qapp: QApplication, qtbot: QtBot, hub: FakeHub) -> Desktop:
    app = Desktop(
        qapp,
        opener=FakeOpener(),
        library=FakeLibrary(),
        planner=FakePlanner(replace(make_plan(), machine=MACHINE)),
        hub=hub,
    )
    app.start(welcome=True)
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    return app


def close(app: Desktop) -> None:
    assert app.shutdown()
    app.window.deleteLater()


def words(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.text()]


def welcome_of(app: Desktop) -> Welcome:
    (welcome,) = app.window.findChildren(Welcome)
    return welcome


def test_it_is_shown_once(qapp: QApplication, qtbot: QtBot, hub: FakeHub) -> None:
    app = started(qapp, qtbot, hub)
    assert welcome_of(app).isVisible()
    close(app)
    again = started(qapp, qtbot, hub)
    assert not again.window.findChildren(Welcome)
    assert again.window.side.isVisible()
    close(again)


def test_who_chose_models_before_is_not_greeted(
    qapp: QApplication, qtbot: QtBot, hub: FakeHub
) -> None:
    app = Desktop(qapp, opener=FakeOpener(), library=FakeLibrary(), planner=FakePlanner(), hub=hub)
    app.settings.set(TARGET, "/models/a.gguf")
    app.start(welcome=True)
    assert not app.window.findChildren(Welcome)
    close(app)


def test_start_chatting_goes_to_the_composer(
    qapp: QApplication, qtbot: QtBot, hub: FakeHub
) -> None:
    app = started(qapp, qtbot, hub)
    assert app.window.windowTitle() == "Welcome to Outrider"
    QTest.mouseClick(welcome_of(app).start, Qt.MouseButton.LeftButton)
    assert app.window.side.isVisible()
    assert app.window.windowTitle() == "Outrider"
    close(app)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keyboard_starts_chatting_at_once(
    qapp: QApplication, qtbot: QtBot, hub: FakeHub, key: Qt.Key
) -> None:
    app = started(qapp, qtbot, hub)
    app.window.activateWindow()
    start = welcome_of(app).start
    qtbot.waitUntil(start.hasFocus)
    QTest.keyClick(start, key)
    assert app.window.side.isVisible()
    qtbot.waitUntil(app.window.page.composer.edit.hasFocus)
    close(app)


def test_a_command_of_the_chat_leaves_it_too(
    qapp: QApplication, qtbot: QtBot, hub: FakeHub
) -> None:
    app = started(qapp, qtbot, hub)
    app.window.commands.entry("conversation.new").trigger()
    assert app.window.side.isVisible()
    close(app)


def test_choose_models_opens_the_dialog(qapp: QApplication, qtbot: QtBot, hub: FakeHub) -> None:
    app = started(qapp, qtbot, hub)
    welcome_of(app).models_asked.emit()
    (dialog,) = app.window.findChildren(ModelDialog)
    dialog.reject()
    assert app.window.side.isVisible()
    close(app)


def test_it_offers_what_this_computer_could_run_and_downloads_both(
    qapp: QApplication, qtbot: QtBot, hub: FakeHub
) -> None:
    app = started(qapp, qtbot, hub)
    welcome = welcome_of(app)
    qtbot.waitUntil(lambda: len(welcome.findChildren(WelcomeOffer)) == 3)
    said = words(welcome)
    assert "speeds are estimates until measured" in said
    assert any("memory free" in one for one in said)
    assert hub.asked == []
    offer = welcome.findChildren(WelcomeOffer)[0]
    assert any(one.startswith("about ") and one.endswith(" tokens/s") for one in words(offer))
    QTest.mouseClick(offer.download, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(hub.asked) == 2)
    assert not offer.download.isEnabled()
    close(app)


def test_every_control_has_a_name(qapp: QApplication, qtbot: QtBot, hub: FakeHub) -> None:
    app = started(qapp, qtbot, hub)
    buttons = welcome_of(app).findChildren(QAbstractButton)
    assert buttons
    assert all(one.accessibleName() for one in buttons)
    close(app)


def test_how_many_models_were_found_stands_out(
    qapp: QApplication, qtbot: QtBot, hub: FakeHub
) -> None:
    app = started(qapp, qtbot, hub)
    (found,) = [
        label
        for label in welcome_of(app).findChildren(QLabel)
        if label.textFormat() is Qt.TextFormat.RichText
    ]
    qtbot.waitUntil(lambda: "found" in found.text())
    assert re.search(r'font-weight: 600">\d+ models? found</span>, ready', found.text())
    before = found.text()
    app.theme.choose(ThemeChoice.DARK)
    assert found.text() != before
    app.theme.choose(ThemeChoice.LIGHT)
    close(app)

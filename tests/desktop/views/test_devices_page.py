"""Settings > Devices: workers are added by address, tested, and taken out again."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.error_text import ErrorAction
from desktop.own_devices_desk import OwnDevicesDesk
from desktop.pair_model import Phase
from desktop.settings import WORKERS
from desktop.theme import Theme
from desktop.views.devices_page import DevicesPage
from desktop.worker_desk import WorkerDesk
from engine.cancel import CancelToken
from engine.errors import EngineDied, WorkerLost, WorkerUnavailable
from engine.memory_plan.machine_facts import Held
from engine.own_devices import Backends, OwnDevice, OwnDevices, UnusableBackend
from engine.rpc_worker import WorkerDevice, WorkerReport
from tests.desktop.desk import Desk
from tests.desktop.fakes import PATIENCE, FakeOpener

HERE = "127.0.0.1:50052"
THERE = "192.168.1.20:50052"
NO_DRIVER = "libvulkan.so.1: cannot open shared object file"
HAS = OwnDevices(
    (OwnDevice("CPU", "A processor", 12 * 10**9, 25 * 10**9),),
    Backends(("cpu-zen4",), (UnusableBackend("vulkan", NO_DRIVER),)),
)


@dataclass
class FakeProbe:
    """Implements `Probe`: every worker offers the same, but those that are away."""

    away: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)

    def __call__(self, endpoint: str, *, cancel: CancelToken) -> WorkerReport:
        self.asked.append(endpoint)
        self.threads.add(threading.current_thread().name)
        cancel.check()
        if endpoint in self.away:
            raise WorkerUnavailable(f"The worker at {endpoint} does not answer.", hint="Start it.")
        return WorkerReport(endpoint, (WorkerDevice(6 * 10**9, 8 * 10**9),), 0.0001)


@pytest.fixture
def probe() -> FakeProbe:
    return FakeProbe()


@pytest.fixture
def workers(desk: Desk, probe: FakeProbe) -> Iterator[WorkerDesk]:
    workers = WorkerDesk(desk.settings, desk.pair, ask=probe)
    yield workers
    assert workers.shutdown(PATIENCE)


@pytest.fixture
def devices() -> Iterator[OwnDevicesDesk]:
    devices = OwnDevicesDesk(lambda _cancel: HAS)
    yield devices
    assert devices.shutdown(PATIENCE)


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, workers: WorkerDesk, devices: OwnDevicesDesk) -> DevicesPage:
    page = DevicesPage(theme, workers, devices)
    qtbot.addWidget(page)
    page.show()
    return page


def words(page: DevicesPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def button(page: DevicesPage, name: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if b.accessibleName() == name)


def add(page: DevicesPage, address: str) -> None:
    page.address.setText(address)
    QTest.keyClick(page.address, Qt.Key.Key_Return)


def test_the_warning_is_there_before_anything_is_added(page: DevicesPage, probe: FakeProbe) -> None:
    assert any("no authentication and no encryption" in line for line in words(page))
    assert "No worker is added. Nothing connects until you add one." in words(page)
    assert probe.asked == []


def test_a_worker_here_is_added_asked_and_kept(
    qtbot: QtBot, desk: Desk, page: DevicesPage, probe: FakeProbe
) -> None:
    add(page, "127.0.0.1")
    qtbot.waitUntil(lambda: "6.0 of 8.0 GB free, answers in 0.10 ms" in words(page))
    assert "Answers" in words(page)
    assert desk.settings.get(WORKERS) == HERE
    assert page.address.text() == ""
    assert probe.threads == {"outrider workers"}
    assert "What is loaded goes by other devices than these." in words(page)
    button(page, "Load again").click()
    qtbot.waitUntil(lambda: desk.opener.requests[-1].workers == (HERE,))
    qtbot.waitUntil(lambda: desk.pair.phase is Phase.READY)
    assert "What is loaded goes by other devices than these." not in words(page)


def test_a_worker_elsewhere_needs_a_confirmation(
    qtbot: QtBot, desk: Desk, page: DevicesPage, probe: FakeProbe
) -> None:
    add(page, THERE)
    (box,) = page.findChildren(QMessageBox)
    assert "no authentication" in box.informativeText()
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert desk.settings.get(WORKERS) == ""
    assert probe.asked == []
    qtbot.waitUntil(lambda: not page.findChildren(QMessageBox))
    button(page, "Add the worker").click()
    (box,) = page.findChildren(QMessageBox)
    next(b for b in box.buttons() if b.text() == "Use it").click()
    assert desk.settings.get(WORKERS) == THERE
    qtbot.waitUntil(lambda: probe.asked == [THERE])


def test_one_that_is_away_says_so_and_can_be_tested_again_or_removed(
    qtbot: QtBot, desk: Desk, page: DevicesPage, probe: FakeProbe
) -> None:
    probe.away.add(HERE)
    add(page, HERE)
    qtbot.waitUntil(lambda: "Cannot be used" in words(page))
    assert f"The worker at {HERE} does not answer. Start it." in words(page)
    probe.away.clear()
    button(page, f"Test the connection to {HERE}").click()
    qtbot.waitUntil(lambda: "Answers" in words(page))
    assert probe.asked == [HERE, HERE]
    page_lines = [w for w in page.findChildren(QPushButton) if w.text() == "Test"]
    assert len(page_lines) == 1


def test_nonsense_is_answered_with_how_to_write_it(page: DevicesPage, probe: FakeProbe) -> None:
    add(page, "nonsense:x")
    assert "nonsense:x is not HOST:PORT. Write 127.0.0.1:50052, say." in words(page)
    assert probe.asked == []


def test_one_that_serves_us_is_in_use_and_not_asked(
    qtbot: QtBot, desk: Desk, page: DevicesPage, probe: FakeProbe
) -> None:
    add(page, HERE)
    qtbot.waitUntil(lambda: probe.asked == [HERE])
    desk.session.info = replace(desk.session.info, held=Held({}, {HERE: (6 * 10**9,)}))
    desk.pair.load()
    qtbot.waitUntil(lambda: "In use" in words(page))
    assert not button(page, f"Test the connection to {HERE}").isEnabled()


def test_a_load_that_misses_a_worker_can_do_without_it(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    app.settings.set(WORKERS, HERE)
    opener.error = WorkerUnavailable(f"The worker at {HERE} does not answer.")
    app.pair.load()
    banner = app.window.page.banner
    qtbot.waitUntil(lambda: ErrorAction.WITHOUT_WORKER in banner.offered)
    assert opener.requests[-1].workers == (HERE,)
    opener.error = None
    next(b for b in banner.findChildren(QPushButton) if b.text() == "Load without it").click()
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    assert opener.requests[-1].skip_missing_workers
    assert app.pair.workers == (HERE,), "it stays listed for another time"


def test_a_worker_that_dies_in_a_reply_takes_no_word_of_it(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.session.error = WorkerLost("The connection to an RPC worker broke.")
    app.chat.send("Hello")
    banner = app.window.page.banner
    qtbot.waitUntil(lambda: ErrorAction.WITHOUT_WORKER in banner.offered)
    assert app.chat.messages()[-1].message.text.startswith("The")


def test_this_computers_devices_are_listed_and_a_back_end_says_why_it_does_not_work(
    qtbot: QtBot, page: DevicesPage
) -> None:
    qtbot.waitUntil(lambda: "In use: cpu-zen4" in words(page))
    assert "CPU: A processor, 12.0 GB of 25 GB free" in words(page)
    assert f"vulkan cannot be used: {NO_DRIVER}" in words(page)
    assert "Looking for devices…" not in words(page)


def test_devices_that_cannot_be_read_say_why(
    qtbot: QtBot, theme: Theme, workers: WorkerDesk
) -> None:
    def die(_cancel: CancelToken) -> OwnDevices:
        raise EngineDied("The engine stopped.")

    desk = OwnDevicesDesk(die)
    page = DevicesPage(theme, workers, desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: "The engine stopped." in words(page))
    assert desk.shutdown(PATIENCE)

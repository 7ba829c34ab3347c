"""Composition: who is made of what, and in which order it ends."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QApplication

from desktop import dragged_files
from desktop.appearance import Appearance, chosen_look
from desktop.attachment_desk import AttachmentDesk
from desktop.auto_titles import AutoTitles
from desktop.chat_model import ChatModel
from desktop.collector import Collector
from desktop.comparison import Comparison
from desktop.conversation_list import ConversationList
from desktop.conversations.place import conversations_file
from desktop.conversations.store import ConversationStore
from desktop.earlier_texts import EarlierTexts
from desktop.engine_port import Opener, PairTester, Planner
from desktop.engine_thread import EngineThread, open_session
from desktop.hub_desk import HubDesk
from desktop.hub_port import HubPort, LocalHub
from desktop.message_actions import MessageActions
from desktop.model_desk import ModelDesk
from desktop.model_library import Library, LocalLibrary
from desktop.model_scan import ModelScan
from desktop.own_devices_desk import OwnDevicesDesk
from desktop.pair_model import PairModel
from desktop.pair_planner import EnginePlanner, PairPlanner
from desktop.pair_tests import EnginePairTester, PairTests
from desktop.profile_model import ProfileModel
from desktop.prompt_templates import TemplateStore
from desktop.settings import TARGET, Settings
from desktop.speech import Speaker
from desktop.speech_program import system_speech
from desktop.store_desk import StoreDesk
from desktop.template_model import TemplateModel
from desktop.theme import Theme
from desktop.update_desk import UpdateDesk
from desktop.updates import Releases, known_releases
from desktop.upkeep_thread import UpkeepThread
from desktop.views.focus_ring import FocusRing
from desktop.views.main_window import MainWindow
from desktop.views.spoken_text import spoken_text
from desktop.views.update_box import UpdateBox
from desktop.worker_desk import WorkerDesk
from desktop.writing_desk import WritingDesk
from desktop.written_language import written_language
from engine import paths
from engine.library.profiles import ProfileStore

SHUTDOWN_SECONDS: Final = 15.0
"""A pass of a streamed target takes several seconds and cannot be interrupted."""

_WRITE_SECONDS: Final = 0.05
"""How long the window stands still for another program that writes; then the write waits alone."""

_WELCOMED: Final = "welcomed"

_log = logging.getLogger("outrider.app")


def _window_state() -> Path:
    """Qt's file of sizes and places; a disk that refuses it costs only these."""
    path = paths.config_dir() / "window.ini"
    with suppress(OSError):
        paths.private(path)
    return path


class _Ends(Protocol):
    """What works in a thread or a program of its own."""

    def shutdown(self, timeout: float, /) -> bool: ...


Ending = TypeVar("Ending", bound=_Ends)


class Shutdown:
    """Stages in the reverse order of their making; each runs once, whatever the others do."""

    def __init__(self) -> None:
        self._stages: list[tuple[str, Callable[[], bool | None]]] = []
        self.complete = True
        """False once a stage said that it did not end in time."""

    def register(self, name: str, stage: Callable[[], bool | None]) -> None:
        """Run `stage` before those that are registered already."""
        self._stages.append((name, stage))

    def run(self) -> bool:
        """Run what has not run yet, and say whether everything ended."""
        while self._stages:
            name, stage = self._stages.pop()
            try:
                ended = stage() is not False
            except Exception:  # noqa: BLE001 the later stages save and close too
                _log.exception("Closing %s failed", name)
                ended = False
            if not ended:
                _log.error("Closing: %s did not end", name)
                self.complete = False
        return self.complete


class Desktop(QObject):
    """The running app over its seams: sessions, model files, memory plans and the hub.

    Signals:
        finished: the window was closed and everything has ended

    Raises `OutriderError` where the conversations cannot be opened.
    """

    finished = Signal()

    def __init__(
        self,
        application: QApplication,
        *,
        opener: Opener = open_session,
        library: Library | None = None,
        planner: Planner | None = None,
        hub: HubPort | None = None,
        tester: PairTester | None = None,
        releases: Releases | None = None,
    ) -> None:
        super().__init__()
        self._shutdown = Shutdown()
        self._state = QSettings(str(_window_state()), QSettings.Format.IniFormat, self)
        self.settings = Settings(paths.config_dir() / paths.SETTINGS_NAME)
        self.theme = Theme(application, chosen_look(self.settings))
        Appearance(self.theme, self.settings)
        self.store = ConversationStore(conversations_file())
        self.store.wait_at_most(_WRITE_SECONDS)
        self._shutdown.register("conversations", self.store.close)
        self.upkeep = self._ending("upkeep", UpkeepThread(conversations_file(), self))
        self.store_desk = self._ending("transfers", StoreDesk(conversations_file(), self))
        self.scan = self._ending("models", ModelScan(library or LocalLibrary(), self))
        self.engine = self._ending("engine", EngineThread(opener, self))
        self.planner = self._ending("plans", PairPlanner(planner or EnginePlanner(), self))
        self.hub = self._ending("downloads", HubDesk(hub or LocalHub(), self))
        self.hub.arrived.connect(self._keep_download)
        profiles = ProfileStore(paths.config_dir() / "profiles.toml")
        self.profiles = ProfileModel(profiles, self.settings, self)
        self.pair = PairModel(self.engine, self.settings, self.profiles, self)
        self.tests = self._ending(
            "pair tests", PairTests(self.engine, self.pair, tester or EnginePairTester(), self)
        )
        self.workers = self._ending("workers", WorkerDesk(self.settings, self.pair, parent=self))
        self.chat = ChatModel(self.store, self.engine, self.pair, self)
        self._shutdown.register("reply", self.chat.close)
        self.files = self._ending("attachments", AttachmentDesk(self.chat, self))
        self.templates = TemplateModel(TemplateStore(paths.config_dir() / "templates.toml"), self)
        self.conversations = ConversationList(self.store, self)
        self._shutdown.register("arranging", self.conversations.close)
        self.conversations.undone.connect(self.chat.refresh)
        self.titles = AutoTitles(self.store, self.engine, self.pair, self.chat, self.settings, self)
        self._shutdown.register("titles", self.titles.close)
        self.titles.titled.connect(self.conversations.reload)
        self.speaker = self._ending(
            "speech", Speaker(system_speech(), spoken_text, written_language, self)
        )
        actions = self._message_actions()
        self.window = MainWindow(
            self.theme,
            self.settings,
            chat=self.chat,
            conversations=self.conversations,
            store_desk=self.store_desk,
            writing=WritingDesk(
                self.files, self.templates, actions, partial(Comparison, self.engine, self.pair)
            ),
            models=ModelDesk(
                self.scan,
                self.planner,
                self.hub,
                self.profiles,
                self.pair,
                self.tests,
                self.workers,
                self._ending("devices", OwnDevicesDesk(parent=self)),
            ),
        )
        self._shutdown.register("dragged files", dragged_files.clear)
        self._shutdown.register("window", self._close_window)
        for signal in (self.upkeep.failed, self.speaker.failed):
            signal.connect(self.window.page.show_failure)
        self._offer_updates(known_releases() if releases is None else releases)
        self.ring = FocusRing(self.theme, application)
        self.window.closing.connect(self.shutdown)

    def _ending(self, name: str, made: Ending) -> Ending:
        """What was made, which is told to end with the app."""
        self._shutdown.register(name, lambda: made.shutdown(SHUTDOWN_SECONDS))
        return made

    def _message_actions(self) -> MessageActions:
        actions = MessageActions(self.chat, self.pair, self.profiles, self.speaker, self)
        EarlierTexts(self.store, self.engine, self.settings, self.conversations, actions, self)
        return actions

    def _offer_updates(self, releases: Releases | None) -> None:
        """An entry that looks for a newer version, where it is known who would know of one."""
        if releases is None:
            return
        desk = self._ending("updates", UpdateDesk(releases, parent=self))
        UpdateBox(desk, self.window)
        self.window.offer_updates(desk.ask)

    def start(self, model: Path | None = None, *, welcome: bool = False) -> None:
        """Show the window. Load the remembered pair, or offer `model` in the model dialog.

        `welcome`: greet a person who is here for the first time.
        """
        self.window.restore_state(self._state)
        if welcome and model is None and self._is_first_start():
            self.window.show_welcome()
        self._state.setValue(_WELCOMED, True)  # noqa: FBT003
        self.window.show()
        for notice in (self.store.notice, self.settings.notice, *self.profiles.faults):
            if notice:
                self.window.tell(notice)
        self.upkeep.start()
        collector = Collector(lambda: self.chat.run is not None, self)
        self._shutdown.register("collector", collector.stop)
        collector.start()
        if model is None:
            self.pair.load()
        else:
            self.window.open_models(model)

    def come_to_front(self, files: Sequence[Path]) -> None:
        """A second start came: show the window, and offer the first of its files."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        if files:
            self.window.open_models(files[0])

    def _is_first_start(self) -> bool:
        """Nothing was chosen or written yet, and nobody was greeted."""
        greeted = self._state.value(_WELCOMED) is not None
        return not greeted and not self.settings.get(TARGET) and not self.store.conversations()

    def end_first(self, name: str, stage: Callable[[], None]) -> None:
        """Run `stage` when the app ends, before everything else does."""
        self._shutdown.register(name, stage)

    def shutdown(self) -> bool:
        """End everything, once, and say whether it ended in time."""
        ended = self._shutdown.run()
        self.finished.emit()
        return ended

    def _keep_download(self, path: Path) -> None:
        self.scan.change(lambda library: library.keep_download(path))

    def _close_window(self) -> None:
        self.window.page.composer.save_typed()  # not later, when nothing takes it any more
        self.window.tray.hide()
        self.window.save_state(self._state)
        self._state.sync()
        self.window.hide()

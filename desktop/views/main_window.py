"""The window: conversations at the side, the chat beside them, and what connects the two."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from desktop.actions import OF_A_CONVERSATION, Actions, Group
from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.diagnostics import diagnostics
from desktop.icons import application_icon
from desktop.model_desk import ModelDesk
from desktop.pair_model import Phase
from desktop.setting import Page
from desktop.settings import Settings
from desktop.store_desk import StoreDesk
from desktop.theme import Theme
from desktop.views.application_dialogs import ApplicationDialogs
from desktop.views.chat_page import ChatPage
from desktop.views.conversation_desk import ConversationDesk
from desktop.views.dialogs import opened
from desktop.views.download_panel import DownloadPanel
from desktop.views.dropped_files import model_files
from desktop.views.model_dialog import ModelDialog
from desktop.views.regions import Regions, give_focus
from desktop.views.settings_dialog import SettingsDialog
from desktop.views.side_area import SideArea
from desktop.views.sidebar import Sidebar
from desktop.views.tray import ReplyNotice, Tray
from desktop.views.tree_desk import TreeDesk, session_ends
from desktop.views.tree_panel import TreePanel
from desktop.views.welcome import Welcome
from desktop.views.window_actions import IN_EVERY_WINDOW, SLASH, add_window_actions
from desktop.writing_desk import WritingDesk
from engine import paths
from engine.language import tr

_SMALLEST = (640, 480)
_DEFAULT = (1280, 800)


class MainWindow(QMainWindow):
    """Signals: closing, when the person closes the window."""

    closing = Signal()

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        *,
        chat: ChatModel,
        conversations: ConversationList,
        store_desk: StoreDesk,
        writing: WritingDesk,
        models: ModelDesk,
    ) -> None:
        super().__init__()
        self._theme = theme
        self.settings = settings
        self._chat = chat
        self._models = models
        self._pair = models.pair
        self.conversations = conversations
        self.sidebar = Sidebar(theme, conversations, chat)
        self.page = ChatPage(theme, chat, models.pair, models.profiles, writing)
        self.tree = TreePanel(theme, chat)
        self.side = SideArea(theme, self.sidebar, self.page, self.tree)
        self.desk = ConversationDesk(
            theme,
            settings,
            chat=chat,
            conversations=conversations,
            store_desk=store_desk,
            side=self.side,
            sidebar=self.sidebar,
            page=self.page,
        )
        self._trees = TreeDesk(settings, chat=chat, side=self.side, page=self.page, panel=self.tree)
        page = self.page
        self.regions = Regions(
            self,
            (
                (self.sidebar, self.sidebar.list),
                (page.header, page.header.pair_button),
                (page.messages, page.messages),
                (page.composer, page.composer.edit),
                (self.tree, self.tree.slider),
            ),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.side)
        self._welcome: Welcome | None = None
        self.setCentralWidget(self._stack)
        self.setWindowTitle("Outrider")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_DEFAULT)
        self._connect_models()
        self._connect_views()
        self.commands = Actions(settings, self)
        self.dialogs = ApplicationDialogs(
            theme,
            settings,
            self.commands,
            models=models,
            conversations=conversations,
            open_conversation=self.desk.open,
            window=self,
        )
        self._offer_actions()
        self.tray = Tray(settings, self, self.commands)
        ReplyNotice(settings, chat, conversations, self, self.tray.tell)
        self._is_quitting = False
        self.page.composer.edit.setFocus()

    def open_models(self, chosen: Path | None = None) -> ModelDialog:
        """Open the model dialog, with the file `chosen` as target."""
        dialog = ModelDialog(self._theme, self._models, self)
        dialog.request_chosen.connect(self._pair.choose)
        if chosen:
            dialog.add(chosen)
        return opened(dialog)

    def open_settings(self, page: Page | None = None) -> SettingsDialog:
        """Open the settings, at `page` if that is given."""
        return self.dialogs.open_settings(page)

    def show_welcome(self) -> Welcome:
        """Greet a person who is here for the first time, in place of the chat."""
        self._welcome = Welcome(self._theme, self._models)
        self._welcome.started.connect(self.leave_welcome)
        self._welcome.models_asked.connect(self._choose_first_models)
        self._stack.setCurrentIndex(self._stack.addWidget(self._welcome))
        self.setWindowTitle(tr("Welcome to Outrider"))
        self._welcome.start.setFocus()
        return self._welcome

    def leave_welcome(self) -> None:
        """Go on to the chat."""
        if self._welcome:
            self._stack.removeWidget(self._welcome)
            self._welcome.deleteLater()
            self._welcome = None
            self.setWindowTitle("Outrider")
            self.page.composer.edit.setFocus()

    def quit(self) -> None:
        """End the app, also where closing the window would leave it in the tray."""
        self._is_quitting = True
        self.close()

    def offer_updates(self, ask: Callable[[], object]) -> None:
        """Have an action that looks for a newer version; without this there is none."""
        words = tr("Check for updates")
        entry = self.commands.add("app.updates", words, ask, group=Group.OUTRIDER)
        self.page.header.menu.offer_updates(entry)

    def copy_diagnostics(self) -> None:
        """Put what a report of a fault needs on the clipboard."""
        text = diagnostics(self._pair.info, paths.log_dir() / paths.LOG_NAME)
        QGuiApplication.clipboard().setText(text)
        self.page.toast.show_words(
            tr("Diagnostics are copied: no message is in them"), undoable=False
        )

    def tell(self, sentence: str) -> None:
        """Show a sentence about the start, beside others; it stays until the person closes it."""
        notice = self.page.notice
        before = "" if notice.isHidden() else notice.accessibleName()
        notice.show_notice(f"{before}\n{sentence}".strip())

    def save_state(self, state: QSettings) -> None:
        """Keep where the window is and which conversation it shows."""
        state.setValue("geometry", self.saveGeometry())
        self.side.save_state(state)
        self.desk.save_state(state)
        self.dialogs.save_state(state)

    def restore_state(self, state: QSettings) -> None:
        """Go back to where the window was, and to its conversation if it is still there."""
        geometry = state.value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.side.restore_state(state)
        self.desk.restore_state(state)
        self.dialogs.restore_state(state)

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: FBT001 - Qt's
        return self.regions.tab(forwards=forwards) or super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops the reply, wherever the focus is, unless something else there ends first."""
        if event.key() == Qt.Key.Key_Escape:
            self._chat.stop()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if model_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Offer dropped model files in the model dialog; a folder is listed there."""
        dialog = self.open_models()
        for path in model_files(event.mimeData()):
            dialog.add(path)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.page.composer.save_typed()
        if self.tray.keeps_running and not self._is_quitting and not session_ends():
            event.ignore()
            self.tray.keep()
            return
        self.closing.emit()
        super().closeEvent(event)

    def _connect_models(self) -> None:
        for signal in (self._pair.failed, self._models.profiles.failed, self.conversations.failed):
            signal.connect(self.page.show_failure)
        self.conversations.noticed.connect(self.page.banner.show_notice)
        self._pair.changed.connect(self._pair_changed)

    def _connect_views(self) -> None:
        self.page.models_asked.connect(self.open_models)
        downloads = DownloadPanel(self._theme, self._models.hub, is_card=True)
        downloads.wanted.connect(self.open_models)
        self.sidebar.show_card(downloads)
        rail, hub = self.side.rail, self._models.hub
        hub.changed.connect(lambda: rail.show_downloads(hub.shown))
        rail.chat_asked.connect(partial(give_focus, self.page.composer.edit))

    def _offer_actions(self) -> None:
        add_window_actions(self.commands, self)
        self.page.header.menu.fill(self.commands, self.settings)
        self.page.header.show_tree_action(self.commands.entry("view.tree"))
        self.sidebar.fill(self.commands)
        self.side.rail.fill(self.commands)
        for action in self.commands.all:
            if action.group is not Group.OUTRIDER:
                action.entry.triggered.connect(self.leave_welcome)
        slash = {word: self.commands.entry(id_) for word, id_ in SLASH.items()}
        self.page.composer.offer(slash)
        self._trees.offer(self.commands.entries(*IN_EVERY_WINDOW))
        self.desk.storedness_changed.connect(self._allow_conversation)
        self.desk.show_title()

    def _allow_conversation(self, stored: bool) -> None:  # noqa: FBT001 - a slot
        self.commands.enable(OF_A_CONVERSATION, enabled=stored)

    def _choose_first_models(self) -> None:
        self.leave_welcome()
        self.open_models()

    def _pair_changed(self) -> None:
        if self._pair.phase is Phase.LOADING:
            self.page.banner.hide()

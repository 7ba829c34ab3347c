"""The window: conversations at the side, the chat beside them, and what connects the two."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.diagnostics import diagnostics
from desktop.icons import application_icon
from desktop.model_desk import ModelDesk
from desktop.pair_model import Phase
from desktop.setting import Page, Setting
from desktop.settings import ORIGIN_MARKS, THEME, OriginMarks, Settings
from desktop.store_desk import StoreDesk
from desktop.theme import Theme, ThemeChoice
from desktop.views.chat_page import ChatPage
from desktop.views.conversation_desk import ConversationDesk
from desktop.views.devices_page import DevicesPage
from desktop.views.dropped_files import model_files
from desktop.views.model_dialog import ModelDialog
from desktop.views.settings_dialog import Parts, SettingsDialog
from desktop.views.settings_parts import ModelsPart, modes_part, privacy_part
from desktop.views.side_area import SideArea
from desktop.views.sidebar import Sidebar
from desktop.views.tree_panel import TreePanel
from desktop.writing_desk import WritingDesk
from engine import paths
from engine.errors import DiskTrouble
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
        self._settings = settings
        self._chat = chat
        self._models = models
        self._pair = models.pair
        self._conversations = conversations
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
        self.setCentralWidget(self.side)
        self.setWindowTitle("Outrider")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_DEFAULT)
        self._connect_models()
        self._connect_views()
        self._connect_tree()
        self.sidebar.settings_asked.connect(self.open_settings)
        self._add_shortcuts()
        self._add_commands()
        self.page.composer.edit.setFocus()

    def open_models(self, chosen: Path | None = None) -> ModelDialog:
        """Open the model dialog, with the file `chosen` as target."""
        dialog = ModelDialog(self._theme, self._models, self)
        dialog.request_chosen.connect(self._pair.choose)
        dialog.finished.connect(dialog.deleteLater)
        if chosen:
            dialog.add(chosen)
        dialog.open()
        return dialog

    def open_settings(self, page: Page | None = None) -> SettingsDialog:
        """Open the settings, at `page` if that is given."""
        dialog = SettingsDialog(self._theme, self._settings, self._settings_parts(), parent=self)
        dialog.finished.connect(dialog.deleteLater)
        if page:
            dialog.show_page(page)
        dialog.open()
        return dialog

    def tell(self, sentence: str) -> None:
        """Show a sentence about the start, beside others; it stays until the person closes it."""
        notice = self.page.notice
        before = "" if notice.isHidden() else notice.accessibleName()
        notice.show_notice(f"{before}\n{sentence}".strip())

    def save_state(self, state: QSettings) -> None:
        """Keep where the window is and which conversation it shows."""
        state.setValue("geometry", self.saveGeometry())
        self.desk.save_state(state)

    def restore_state(self, state: QSettings) -> None:
        """Go back to where the window was, and to its conversation if it is still there."""
        geometry = state.value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.desk.restore_state(state)

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
        self.closing.emit()
        super().closeEvent(event)

    def _connect_models(self) -> None:
        for signal in (self._pair.failed, self._models.profiles.failed, self._conversations.failed):
            signal.connect(self.page.show_failure)
        self._pair.changed.connect(self._pair_changed)

    def _connect_views(self) -> None:
        self.page.models_asked.connect(self.open_models)
        self.page.header.menu.theme_chosen.connect(self._choose_theme)
        self.page.header.menu.diagnostics_asked.connect(self._copy_diagnostics)

    def _connect_tree(self) -> None:
        marks, header = self.page.marks, self.page.header
        header.tree_button.toggled.connect(self.side.show_tree)
        header.menu.marks_chosen.connect(self._choose_marks)
        self.side.tree_toggled.connect(header.tree_button.setChecked)
        self.side.tree_toggled.connect(lambda opened: marks.panel_opened(is_open=opened))
        self.tree.close_asked.connect(self._close_tree)
        self.tree.round_shown.connect(marks.light)
        self.page.messages.tree_asked.connect(self._open_tree)
        self._settings.changed.connect(self._follow)
        self._show_marks_choice()

    def _settings_parts(self) -> Parts:
        theme, models = self._theme, self._models
        return {
            Page.MODELS: lambda: ModelsPart(theme, models.pair, models.scan, self.open_models),
            Page.DEVICES: lambda: DevicesPage(theme, models.workers),
            Page.SPECULATION: lambda: modes_part(theme),
            Page.PRIVACY: lambda: privacy_part(theme),
        }

    def _add_shortcuts(self) -> None:
        composer = self.page.composer
        keys: dict[QKeySequence | QKeySequence.StandardKey, Callable[[], object]] = {
            QKeySequence.StandardKey.Quit: self.close,
            QKeySequence("Ctrl+,"): self.open_settings,
            QKeySequence("Ctrl+T"): self.side.toggle_tree,
            QKeySequence("Ctrl+L"): composer.edit.setFocus,
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(action)

    def _add_commands(self) -> None:
        """Besides those of the composer itself."""
        composer = self.page.composer
        composer.add_command("model", tr("choose the models"), self.open_models)
        composer.add_command("clear", tr("begin a new conversation"), self.desk.new)
        composer.add_command("export", tr("export conversations"), self.desk.open_export)
        composer.add_command("import", tr("import conversations"), self.desk.open_import)
        composer.add_command("tree", tr("show or hide the tree panel"), self.side.toggle_tree)

    def _open_tree(self, message_id: str) -> None:
        self.side.show_tree(shown=True)
        self.tree.show_reply(message_id)

    def _close_tree(self) -> None:
        self.side.show_tree(shown=False)
        self.page.header.tree_button.setFocus()

    def _choose_marks(self, choice: OriginMarks) -> None:
        self._store(ORIGIN_MARKS, choice.value)

    def _follow(self, setting: Setting[Any]) -> None:
        if setting == ORIGIN_MARKS:
            self._show_marks_choice()

    def _show_marks_choice(self) -> None:
        choice = OriginMarks(self._settings.get(ORIGIN_MARKS))
        self.page.header.menu.show_marks_choice(choice)
        self.page.marks.choose(choice)

    def _copy_diagnostics(self) -> None:
        text = diagnostics(self._pair.info, paths.log_dir() / paths.LOG_NAME)
        QGuiApplication.clipboard().setText(text)
        self.page.toast.show_words(
            tr("Diagnostics are copied: no message is in them"), undoable=False
        )

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._store(THEME, choice.value)

    def _store(self, setting: Setting[str], value: str) -> None:
        try:
            self._settings.set(setting, value)
        except DiskTrouble as error:
            self.page.show_failure(error)

    def _pair_changed(self) -> None:
        if self._pair.phase is Phase.LOADING:
            self.page.banner.hide()

"""The chat side of the window: header, messages, notices, composer, status line."""

import logging

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from desktop.chat_model import ChatModel
from desktop.error_text import ErrorAction, describe, describe_chat, describe_load
from desktop.figures import ending
from desktop.pair_model import PairModel
from desktop.profile_model import ProfileModel
from desktop.theme import Theme
from desktop.views.centered import centered_for_reading
from desktop.views.compare_dialog import CompareDialog
from desktop.views.composer import Composer
from desktop.views.controls import announce, panel, rule
from desktop.views.dialogs import opened
from desktop.views.dropped_files import dropped_files, model_files
from desktop.views.empty_chat import EmptyChat
from desktop.views.find_bar import FindBar
from desktop.views.header import Header
from desktop.views.message_box import message_box
from desktop.views.message_list import MessageList
from desktop.views.notices import Banner, LoadingStrip, Toast
from desktop.views.status_line import StatusLine
from desktop.views.tree_marks import TokenMarks
from desktop.writing_desk import WritingDesk
from engine.errors import OutriderError
from engine.language import tr

_log = logging.getLogger("outrider.window")
_OPENED_SCHEMES = ("http", "https", "mailto")
_COMPOSER_SHARE = 0.4
_LINES_AROUND_COMPOSER = 24
"""What header, banner, files and buttons need, in a window as small as it can be."""
_FEWEST_LINES = 3


class ChatPage(QWidget):
    """Everything about the conversation shown.

    Signals:
        models_asked: open the model dialog
    """

    models_asked = Signal()

    def __init__(  # noqa: PLR0917 - the models that it shows
        self,
        theme: Theme,
        chat: ChatModel,
        pair: PairModel,
        profiles: ProfileModel,
        writing: WritingDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._pair = pair
        self._busy = False
        self.header = Header(theme, pair, profiles)
        self.marks = TokenMarks(chat)
        self.messages = MessageList(theme, chat, self.marks, writing.actions)
        self.find_bar = FindBar(theme, chat, self.messages)
        self.empty = EmptyChat(theme, pair)
        self.banner = Banner(theme)
        self.notice = Banner(theme)
        """What was found at the start: nothing but the person closes it."""
        self.composer = Composer(theme, chat, pair, writing)
        self._files = writing.files
        self._theme = theme
        self._profiles = profiles
        self._compare = writing.compare
        self.message_actions = writing.actions
        self.setAcceptDrops(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.messages)
        self.toast = Toast(theme, self._stack)
        self._lay_out(theme, LoadingStrip(theme, pair), StatusLine(theme, chat, pair))
        self._connect()
        self._show_right_page()

    def show_failure(self, error: OutriderError) -> None:
        """Tell the person what failed and what helps."""
        _log.warning("%s %s", error.sentence, error.detail)
        self.banner.show_error(describe(error))

    def show_load_failure(self, error: OutriderError) -> None:
        """The same where nothing is loaded because of it."""
        _log.warning("%s %s", error.sentence, error.detail)
        self.banner.show_error(describe_load(error))

    def show_chat_failure(self, error: OutriderError) -> None:
        """The same for a failure of the chat, which can often be tried again."""
        _log.warning("%s %s", error.sentence, error.detail)
        self.banner.show_error(describe_chat(error))

    def open_compare(self, message_id: str | None = None) -> CompareDialog:
        """Let two pairs answer a message of the path, or what is typed."""
        edit = self.composer.edit
        path = {shown.message.id: shown.message for shown in self._chat.messages()}
        text = path[message_id].text if message_id else edit.toPlainText()
        dialog = CompareDialog(
            self._theme,
            self._chat,
            self._pair,
            self._profiles,
            self._compare(),
            text,
            message_id,
            parent=self,
        )
        if not message_id:
            dialog.kept.connect(edit.clear)
        return opened(dialog)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Model files are the window's."""
        if dropped_files(event.mimeData()) and not model_files(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach dropped files to the message."""
        self._files.add(dropped_files(event.mimeData()))
        self.composer.edit.setFocus()
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        line = self.fontMetrics().lineSpacing()
        room = min(self.height() * _COMPOSER_SHARE, self.height() - _LINES_AROUND_COMPOSER * line)
        self.composer.limit_height(round(max(room, _FEWEST_LINES * line)))
        self.toast.place()

    def _lay_out(self, theme: Theme, loading: LoadingStrip, status: StatusLine) -> None:
        surface = panel("surface", "chat")
        lower = QWidget()
        rows = QVBoxLayout(lower)
        rows.setContentsMargins(0, 0, 0, 12)
        rows.setSpacing(8)
        for widget in (self.notice, self.banner, loading, self.composer):
            rows.addWidget(widget)
        column = QVBoxLayout(surface)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(rule())
        column.addWidget(self.find_bar)
        column.addWidget(self._stack, 1)
        column.addLayout(centered_for_reading(theme, lower))
        column.addWidget(rule())
        column.addWidget(status)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(surface)

    def _connect(self) -> None:
        self._chat.path_changed.connect(self._show_right_page)
        self._chat.conversation_changed.connect(self._show_right_page)
        self._chat.busy_changed.connect(self._announce_end)
        self._chat.failed.connect(self.show_chat_failure)
        self._pair.load_failed.connect(self.show_load_failure)
        self._chat.noticed.connect(self.banner.show_notice)
        self.empty.example_chosen.connect(self._chat.send)
        self.empty.models_asked.connect(self.models_asked)
        self.header.pair_button.clicked.connect(self.models_asked)
        self.composer.models_asked.connect(self.models_asked)
        self.banner.action_chosen.connect(self._help)
        self.message_actions.compare_asked.connect(self.open_compare)
        self.message_actions.deleted.connect(self._offer_undo)
        self.composer.templates_failed.connect(self.show_failure)
        self.composer.replaced.connect(self._offer_undo)
        self.messages.link_chosen.connect(self._ask_to_open)
        self.messages.focus_left.connect(self.composer.edit.setFocus)
        self.header.find_button.clicked.connect(self.find_bar.begin)
        self.find_bar.left.connect(self.composer.edit.setFocus)

    def _offer_undo(self, words: str) -> None:
        self.toast.show_words(words, undoable=True)

    def _show_right_page(self) -> None:
        self._stack.setCurrentWidget(self.messages if self._chat.last_message() else self.empty)

    def _announce_end(self) -> None:
        """Once for each reply, never for each token."""
        last = self._chat.last_message()
        was_busy, self._busy = self._busy, self._chat.shown_run is not None
        if was_busy and not self._busy and last:
            announce(self, ending(last.state) or tr("The reply is finished"))

    def _help(self, action: ErrorAction) -> None:
        match action:
            case ErrorAction.CHOOSE_MODELS:
                self.models_asked.emit()
            case ErrorAction.TRY_AGAIN:
                self._chat.save_again()
                self.composer.try_again()
            case ErrorAction.LOAD_AGAIN:
                self._pair.load_again()
            case ErrorAction.LESS_MEMORY:
                self._pair.load_with_less_memory()
            case ErrorAction.WITHOUT_WORKER:
                self._pair.load_without_missing_workers()

    def _ask_to_open(self, url: QUrl) -> None:
        """A model wrote this link: show where it leads before anything is opened."""
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if url.scheme() not in _OPENED_SCHEMES:
            self.banner.show_notice(
                tr("This link is not opened: {address}").format(address=address)
            )
            return
        words = tr("The reply links to this address.")
        question = message_box(self._theme, self, tr("Open a link"), words, address)
        opened = question.addButton(tr("Open in the browser"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.finished.connect(
            lambda _: question.clickedButton() is opened and QDesktopServices.openUrl(url)
        )
        question.open()

"""Where the person writes. Enter sends, Shift+Enter breaks the line."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.chat_model import ChatModel
from desktop.context_use import ContextUse, message_tokens, path_use
from desktop.pair_model import PairModel, Phase
from desktop.slash_commands import SlashCommand
from desktop.theme import Theme
from desktop.throttle import Throttle
from desktop.typed_history import TypedHistory
from desktop.views.attachment_chips import AttachmentChips
from desktop.views.composer_buttons import SendButton, StopButton
from desktop.views.context_meter import ContextMeter
from desktop.views.controls import IconButton, announce, label, push_button
from desktop.views.conversation_setup import SetupDialog
from desktop.views.dialogs import opened
from desktop.views.growing_edit import GrowingEdit
from desktop.views.mode_menu import MODES, ModeMenu
from desktop.views.preset_button import PresetButton
from desktop.views.slash_menu import SlashMenu
from desktop.views.template_dialog import TemplateDialog
from desktop.views.writing_help import WritingHelp
from desktop.writing_desk import WritingDesk
from engine.language import tr

SAVE_TYPED_MS: Final = 500
_PLACEHOLDER: Final = tr("Write a message")
_TEMPORARY: Final = tr("Write a message. Nothing of this conversation is kept")


class Composer(QWidget):
    """The files, the field, preset and mode, how full the context is, and send or stop.

    Signals:
        models_asked: open the model dialog
        replaced(str): a choice took the place of the person's own words; can be undone
        templates_failed(OutriderError): the prompt templates cannot be read or kept
    """

    models_asked = Signal()
    replaced = Signal(str)
    templates_failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        chat: ChatModel,
        pair: PairModel,
        writing: WritingDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chat = chat
        self._pair = pair
        self._files = writing.files
        self._templates = writing.templates
        self._commands: Mapping[str, QAction] = {}
        self._path_use = ContextUse()
        self.chips = AttachmentChips(theme)
        self.words = label(theme, role="small", tone="danger", wrap=True)
        self.meter = ContextMeter(theme)
        self.edit = GrowingEdit(theme, tr("Message"))
        self._refused = False
        self._save_soon = Throttle(self._save_typed, SAVE_TYPED_MS, self)
        self._help = WritingHelp(
            self.edit, SlashMenu(theme, self), TypedHistory(chat.sent_texts), self._all_commands
        )
        self.preset = PresetButton(theme, chat)
        self.mode = push_button(theme, tr("Auto"), "drop", "chevron-down", icon_last=True)
        self._mode_menu = ModeMenu(theme, pair, self)
        self.mode.setMenu(self._mode_menu)
        self._attach = IconButton(theme, "paperclip", tr("Attach files"))
        self._tune = IconButton(theme, "sliders-horizontal", tr("System prompt and sampling"))
        self._choose = push_button(theme, tr("Choose a model to start"), "primary")
        self._send = SendButton(theme)
        self._stop = StopButton(theme)
        self._lay_out()
        self._connect()
        self._show_other()
        self._show_files()

    def limit_height(self, limit: int) -> None:
        """Grow no taller than `limit` pixels."""
        self.edit.limit_height(limit)

    def submit(self) -> None:
        """Send what is written; what could not be saved stays in the field."""
        if not self._files.is_settled or self._use.is_too_large:
            return
        self._refused = not self._files.send(self.edit.toPlainText())
        if not self._refused:
            self.edit.clear()
            self._help.start_anew()
            self.save_typed()

    def try_again(self) -> None:
        """Send once more what was refused; nothing, if the text is another one by now."""
        if self._refused:
            self.submit()

    def open_setup(self) -> SetupDialog:
        """Ask how this conversation is answered."""
        dialog = SetupDialog(self._theme, self._chat.setup(), self._pair.sampling, self)
        dialog.accepted.connect(lambda: self._chat.set_up(dialog.setup))
        return opened(dialog)

    def offer(self, commands: Mapping[str, QAction]) -> None:
        """Offer these behind a slash, by their words."""
        self._commands = commands

    def open_templates(self) -> TemplateDialog:
        """Show the prompt templates."""
        dialog = TemplateDialog(self._theme, self._templates, self)
        dialog.chosen.connect(self._help.insert)
        return opened(dialog)

    def save_typed(self) -> None:
        """Keep what is written now, without waiting."""
        self._save_soon.cancel()
        self._save_typed()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        width = 2 if focused else 1
        pen = QPen(self._theme.color("focus_ring" if focused else "border_strong"), width)
        if self._chat.is_temporary:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(self._theme.color("raised"))
        inset = width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        radius = self._theme.tokens.radius["card"]
        painter.drawRoundedRect(frame, radius, radius)
        painter.end()

    def _lay_out(self) -> None:
        bottom = QHBoxLayout()
        bottom.setContentsMargins(0, 0, 0, 0)
        bottom.setSpacing(8)
        for button in (self._attach, self.preset, self.mode, self._tune):
            bottom.addWidget(button)
        bottom.addStretch(1)
        bottom.addWidget(self.meter)
        for button in (self._choose, self._send, self._stop):
            bottom.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        writing = QHBoxLayout()
        writing.setContentsMargins(8, 4, 8, 4)
        writing.addWidget(self.edit)
        column.addWidget(self.chips)
        column.addLayout(writing)
        column.addWidget(self.words)
        column.addLayout(bottom)

    def _connect(self) -> None:
        self.edit.submitted.connect(self.submit)
        self.edit.textChanged.connect(self._save_soon)
        self.edit.textChanged.connect(self._typed)
        self.edit.files_given.connect(self._files.add)
        self.chips.removed.connect(self._remove)
        self._files.changed.connect(self._show_files)
        self._attach.clicked.connect(self._ask_files)
        self._tune.clicked.connect(self.open_setup)
        self.preset.setup_asked.connect(self.open_setup)
        self.preset.replaced.connect(self.replaced)
        self._templates.failed.connect(self.templates_failed)
        self._chat.path_changed.connect(self._measure)
        self._send.clicked.connect(self.submit)
        self._stop.clicked.connect(self._chat.stop)
        self._choose.clicked.connect(self.models_asked)
        self._chat.leaving.connect(self.save_typed)
        self._chat.conversation_changed.connect(self._show_other)
        self._chat.busy_changed.connect(self._refresh)
        self._pair.changed.connect(self._refresh)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self.update)

    def _refresh(self) -> None:
        busy = self._chat.run is not None
        empty = self._pair.phase is Phase.EMPTY
        self._choose.setVisible(empty and not busy)
        self._send.setVisible(not empty and not busy)
        self._stop.setVisible(busy)
        self.mode.setText(MODES[self._pair.speculation.mode][0])
        self.mode.setAccessibleName(tr("Mode, {text}").format(text=self.mode.text()))
        self.mode.setToolTip(tr("How the next tokens are found"))
        use = self._use
        self._show_size(use)
        why = self._why_not(use)
        written = bool(self.edit.toPlainText().strip())
        self._send.setEnabled(written and not why and self._pair.phase is Phase.READY)
        self._send.setToolTip(why or tr("Send (Enter)"))

    def _why_not(self, use: ContextUse) -> str:
        """Why what is written cannot be sent now; "" if it can."""
        if self._pair.phase is Phase.LOADING:
            return tr("The model is still loading")
        if not self._files.is_settled:
            return tr("A file is still being read, or cannot be attached")
        return tr("The message is larger than the context") if use.is_too_large else ""

    @property
    def _use(self) -> ContextUse:
        # Asked with each key: large files are not counted again each time.
        message = message_tokens(self.edit.toPlainText()) + self._files.tokens
        room = self._pair.info.context_length if self._pair.info else 0
        return replace(self._path_use, room=room, message=message)

    def _measure(self) -> None:
        """The path, once for each change of it: a long one is not counted at each key."""
        prompt = self._chat.setup().system_prompt
        self.preset.refresh()
        self._path_use = path_use([one.message for one in self._chat.messages()], prompt)
        self._refresh()

    def _show_size(self, use: ContextUse) -> None:
        self.meter.show_use(use)
        failed = next((item.error for item in self._files.items if item.error), None)
        words = failed.sentence if failed else use.warning
        if words != self.words.text():
            self.words.setText(words)
            announce(self, words)
        self.words.setVisible(bool(words))

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Attach files"))
        self._files.add([Path(name) for name in names])

    def _remove(self, item_id: int) -> None:
        self._files.remove(item_id)
        self.edit.setFocus()

    def _all_commands(self) -> list[SlashCommand]:
        """Templates first: they are what one writes a slash for most often."""
        templates = [
            SlashCommand(one.command, " ".join(one.text.split()), partial(self._help.insert, one))
            for one in self._templates.templates()
        ]
        return templates + [
            SlashCommand(f"/{word}", entry.text().replace("&&", "&"), entry.trigger)
            for word, entry in self._commands.items()
            if entry.isEnabled()
        ]

    def _show_files(self) -> None:
        self.chips.show_items(self._files.items)
        self._refresh()

    def _typed(self) -> None:
        self._refused = False
        self._refresh()

    def _save_typed(self) -> None:
        self._chat.save_draft_text(self.edit.toPlainText())

    def _show_other(self) -> None:
        with QSignalBlocker(self.edit):
            self.edit.setPlainText(self._chat.draft_text())
        self._help.start_anew()
        self.edit.move_to_end()
        temporary = self._chat.is_temporary
        self.edit.setPlaceholderText(_TEMPORARY if temporary else _PLACEHOLDER)
        self._save_soon.cancel()
        self._measure()

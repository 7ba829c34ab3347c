"""Where the person writes. Enter sends, Shift+Enter breaks the line."""

from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.chat_model import ChatModel
from desktop.icons import paint_icon
from desktop.pair_model import PairModel, Phase
from desktop.theme import Theme
from desktop.throttle import Throttle
from desktop.views.controls import IconButton, push_button
from desktop.views.growing_edit import GrowingEdit
from desktop.views.mode_menu import MODES, ModeMenu

SAVE_TYPED_MS: Final = 500
_SIDE: Final = 32


class SendButton(IconButton):
    """A filled square with an arrow."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "arrow-up", "Send", side=_SIDE, icon_side=20, parent=parent)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        enabled = self.isEnabled()
        painter.setPen(Qt.PenStyle.NoPen if enabled else QPen(self._theme.color("border")))
        fill = "accent_hover" if self.underMouse() else "accent"
        painter.setBrush(self._theme.color(fill) if enabled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        tint = self._theme.color("accent_text" if enabled else "muted").name()
        paint_icon(painter, "arrow-up", tint, QRectF(6, 6, 20, 20))
        painter.end()


class StopButton(QPushButton):
    """In ink: the one thing to do while a reply streams."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font("body", push_button(theme, "Stop").font().weight()))
        self.setFixedSize(QSize(44 + self.fontMetrics().horizontalAdvance("Stop"), _SIDE))
        self.setAccessibleName("Stop the reply")
        self.setToolTip("Stop the reply (Esc)")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("text"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        paint_icon(painter, "square", self._theme.color("surface").name(), QRectF(10, 8, 16, 16))
        painter.setPen(self._theme.color("surface"))
        painter.setFont(self.font())
        words = self.rect().adjusted(32, 0, -8, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Stop")
        painter.end()


class Composer(QWidget):
    """The field, the mode, and send or stop.

    Signals:
        models_asked: open the model dialog
    """

    models_asked = Signal()

    def __init__(
        self, theme: Theme, chat: ChatModel, pair: PairModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chat = chat
        self._pair = pair
        self.edit = GrowingEdit(theme, "Message")
        self.edit.setPlaceholderText("Write a message")
        self._refused = False
        self._save_soon = Throttle(self._save_typed, SAVE_TYPED_MS, self)
        self._mode = push_button(theme, "Auto", "drop", "chevron-down")
        self._mode.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon after the word
        self._mode_menu = ModeMenu(theme, pair, self)
        self._mode.setMenu(self._mode_menu)
        self._choose = push_button(theme, "Choose a model to start", "primary")
        self._send = SendButton(theme)
        self._stop = StopButton(theme)
        self._lay_out()
        self._connect()
        self._show_other()
        self._refresh()

    def limit_height(self, limit: int) -> None:
        """Grow no taller than `limit` pixels."""
        self.edit.limit_height(limit)

    def submit(self) -> None:
        """Send what is written; what could not be saved stays in the field."""
        self._refused = not self._chat.send(self.edit.toPlainText())
        if not self._refused:
            self.edit.clear()
            self.save_typed()

    def try_again(self) -> None:
        """Send once more what was refused; nothing, if the text is another one by now."""
        if self._refused:
            self.submit()

    def save_typed(self) -> None:
        """Keep what is written now, without waiting."""
        self._save_soon.cancel()
        self._save_typed()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        width = 2 if focused else 1
        painter.setPen(QPen(self._theme.color("focus_ring" if focused else "border_strong"), width))
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
        bottom.addWidget(self._mode)
        bottom.addStretch(1)
        for button in (self._choose, self._send, self._stop):
            bottom.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        writing = QHBoxLayout()
        writing.setContentsMargins(8, 4, 8, 4)
        writing.addWidget(self.edit)
        column.addLayout(writing)
        column.addLayout(bottom)

    def _connect(self) -> None:
        self.edit.submitted.connect(self.submit)
        self.edit.textChanged.connect(self._save_soon)
        self.edit.textChanged.connect(self._typed)
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
        self._mode.setText(MODES[self._pair.speculation.mode][0])
        self._mode.setAccessibleName(f"Mode, {self._mode.text()}")
        self._mode.setToolTip("How the next tokens are found")
        written = bool(self.edit.toPlainText().strip())
        self._send.setEnabled(written and self._pair.phase is Phase.READY)
        loading = self._pair.phase is Phase.LOADING
        self._send.setToolTip("The model is still loading" if loading else "Send (Enter)")

    def _typed(self) -> None:
        self._refused = False
        self._refresh()

    def _save_typed(self) -> None:
        self._chat.save_draft_text(self.edit.toPlainText())

    def _show_other(self) -> None:
        with QSignalBlocker(self.edit):
            self.edit.setPlainText(self._chat.draft_text())
        self.edit.move_to_end()
        self._save_soon.cancel()
        self._refresh()

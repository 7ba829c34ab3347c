"""A message of the person: a bubble at the end side, its actions before it, edited in place."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.chat_model import ShownMessage
from desktop.theme import Theme
from desktop.views.branch_switcher import BranchSwitcher
from desktop.views.controls import IconButton, label, push_button
from desktop.views.growing_edit import GrowingEdit
from desktop.views.message_text import MessageText
from desktop.views.message_view import MessageView
from engine.language import tr

_ACROSS, _ABOVE = 16, 10


class Bubble(QWidget):
    """The text on a tinted ground, as wide as its longest line and at most `bubble_max`."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = MessageText(theme, text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_ACROSS, _ABOVE, _ACROSS, _ABOVE)
        layout.addWidget(self._text)
        theme.changed.connect(self._fit)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("user_bubble"))
        radius = self._theme.tokens.radius["card"]
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.end()

    def _fit(self) -> None:
        metrics = QFontMetricsF(self._theme.font("message"))
        lines = self._text.toPlainText().split("\n")
        longest = max(metrics.horizontalAdvance(line) for line in lines)
        room = self._theme.tokens.size["bubble_max"] - 2 * _ACROSS
        self._text.setFixedWidth(min(room, round(longest) + 4))


class EditBox(QWidget):
    """The bubble while it is edited.

    Signals:
        confirmed(str): send this as a new branch
        cancelled
    """

    confirmed = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._edit = GrowingEdit(theme, tr("Edited message"))
        self._edit.setPlainText(text)
        self._send = push_button(theme, tr("Send as new branch"), "primary")
        cancel = push_button(theme, tr("Cancel"))
        self._send.clicked.connect(self._confirm)
        cancel.clicked.connect(self.cancelled)
        self._edit.submitted.connect(self._confirm)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(_ACROSS, _ABOVE, 10, 10)
        column.addWidget(self._edit)
        column.addLayout(buttons)

    def begin(self) -> None:
        """Take the focus, the caret at the end."""
        self._edit.move_to_end()
        self._edit.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.tokens.size["reading_column"], super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color("border_strong"))
        painter.setBrush(self._theme.color("raised"))
        radius = self._theme.tokens.radius["card"]
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    def _confirm(self) -> None:
        text = self._edit.toPlainText()
        if text.strip():
            self.confirmed.emit(text)


class UserMessage(MessageView):
    """One message of the person.

    Signals:
        edited(str, str): message id and the text of the new branch
        branch_stepped(str, int): message id and -1 or 1
    """

    edited = Signal(str, str)
    branch_stepped = Signal(str, int)

    def __init__(self, theme: Theme, shown: ShownMessage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._message = shown.message
        self._bubble = Bubble(theme, shown.message.text)
        self._edit_box: EditBox | None = None
        self._switcher = BranchSwitcher(theme)
        self._switcher.stepped.connect(self._step)
        copy = IconButton(theme, "copy", tr("Copy the message"))
        self._edit = IconButton(theme, "pencil", tr("Edit the message"))
        copy.clicked.connect(self._copy)
        self._edit.clicked.connect(self._begin_edit)
        self.actions_row.add(copy)
        self.actions_row.add(self._edit)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch()
        for widget in (self.actions_row, self._switcher, self._content()):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_message(self, shown: ShownMessage, *, idle: bool) -> None:
        """Show the place among the branches; `idle`: the engine can answer now."""
        self._message = shown.message
        self._edit.setEnabled(idle)
        self._switcher.show_branch(shown.branch, shown.branches, enabled=idle)

    @property
    def in_use(self) -> bool:
        """While it is edited."""
        return self._edit_box is not None

    def _content(self) -> QWidget:
        """The bubble, under the names of its files if it has any."""
        names = ", ".join(attachment.name for attachment in self._message.attachments)
        if not names:
            return self._bubble
        attached = label(
            self._theme,
            tr("Attached: {names}").format(names=names),
            "small",
            tone="muted",
            wrap=True,
        )
        attached.setAlignment(Qt.AlignmentFlag.AlignRight)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(attached)
        column.addWidget(self._bubble, 0, Qt.AlignmentFlag.AlignRight)
        return content

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._message.text)

    def _step(self, step: int) -> None:
        self.branch_stepped.emit(self._message.id, step)

    def _begin_edit(self) -> None:
        box = self._edit_box = EditBox(self._theme, self._message.text)
        box.confirmed.connect(self._confirm)
        box.cancelled.connect(self._end_edit)
        self._set_reading(reading=False)
        self._row.addWidget(box, 1)
        box.begin()

    def _confirm(self, text: str) -> None:
        self._end_edit()
        self.edited.emit(self._message.id, text)

    def _end_edit(self) -> None:
        if self._edit_box:
            self._row.removeWidget(self._edit_box)
            self._edit_box.deleteLater()
            self._edit_box = None
        self._set_reading(reading=True)
        self._edit.setFocus()

    def _set_reading(self, *, reading: bool) -> None:
        self._bubble.setVisible(reading)
        self.actions_row.setVisible(reading)

"""A message of the person: a bubble at the end side, its actions before it, edited in place."""

from collections.abc import Collection, Mapping, Sequence
from math import ceil

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.chat_model import ShownMessage
from desktop.message_actions import MessageActions
from desktop.theme import Theme
from desktop.views.controls import IconButton, label
from desktop.views.message_text import MessageText
from desktop.views.message_view import MessageView
from desktop.views.text_block import TextBlock
from engine.language import tr

_ACROSS, _ABOVE = 16, 10


class Bubble(QWidget):
    """The text on a tinted ground, as wide as its longest line and at most `bubble_width`."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.text = MessageText(theme, text)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_ACROSS, _ABOVE, _ACROSS, _ABOVE)
        layout.addWidget(self.text)
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
        lines = self.text.toPlainText().split("\n")
        longest = max(metrics.horizontalAdvance(line) for line in lines)
        room = self._theme.bubble_width - 2 * _ACROSS
        self.text.setFixedWidth(min(room, ceil(longest) + 1))


class UserMessage(MessageView):
    """One message of the person."""

    def __init__(
        self,
        theme: Theme,
        shown: ShownMessage,
        actions: MessageActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, shown.message, actions, parent)
        self._bubble = Bubble(theme, shown.message.text)
        copy = IconButton(theme, "copy", tr("Copy the message"))
        copy.clicked.connect(self._copy)
        self.actions_row.add(copy)
        self.actions_row.add(self._edit)
        self.actions_row.add(self.more)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        # Seen before the bubble, and what Tab comes to after it.
        self._row.setDirection(QHBoxLayout.Direction.RightToLeft)
        for widget in (self._content(), self.branches, self.actions_row):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addStretch()

    def show_message(self, shown: ShownMessage, *, idle: bool) -> Collection[int]:
        """Show the place among the branches; `idle`: the engine can answer now.

        The texts that look other than before: none, for the words stay what they are.
        """
        self._message = shown.message
        self._edit.setEnabled(idle)
        self._name_by(shown.message.text)
        self.branches.show_branch(shown.branch, shown.branches, enabled=idle)
        return ()

    @property
    def edit_words(self) -> tuple[str, str]:
        return tr("Edit the message"), tr("Send as new branch")

    @property
    def names(self) -> tuple[str, str]:
        return tr("Your message"), tr("Your message: {text}")

    def texts(self) -> Mapping[int, TextBlock]:
        return {0: self._bubble.text}

    def parts(self) -> Sequence[QWidget]:
        return (self._bubble, self.actions_row)

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

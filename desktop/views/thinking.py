"""What a model thought before it answered: one line that unfolds."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop import figures
from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.thought import Thought
from desktop.views.bidi import placed
from desktop.views.layouts import set_margins
from desktop.views.message_text import MessageText
from desktop.views.text_block import TextBlock
from engine.language import tr, whole

_LINE: Final = 28
_ICON: Final = 16
_WORDS_FROM: Final = 24
_INDENT: Final = 16
_MINUTE: Final = 60
_SECOND_WHOLE: Final = 1


class _ThoughtLine(QToolButton):
    """A chevron and "Thought for 6 s"."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._last = ""
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_LINE)
        theme.dress(self, "body")
        self.setAccessibleName(tr("Thinking"))

    def show_words(self, words: str, last: str) -> None:
        """Show `words`, and behind them the `last` line of what is thought now."""
        if (words, last) != (self.text(), self._last):
            self._last = last
            self.setText(words)
            self.setAccessibleName(words)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + _WORDS_FROM, _LINE)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, _LINE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = self._theme.color("text" if self.underMouse() else "muted")
        room = QRectF(self.rect())
        icon = placed(self, QRectF(0, (room.height() - _ICON) / 2, _ICON, _ICON))
        words = placed(self, room.adjusted(_WORDS_FROM, 0, 0, 0))
        closed = "chevron-left" if self.isRightToLeft() else "chevron-right"
        paint_icon(painter, "chevron-down" if self.isChecked() else closed, tint.name(), icon)
        painter.setPen(tint)
        said = f"{self.text()} · “{self._last}”" if self._last else self.text()
        said = self.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, said)
        painter.end()


class _ThoughtText(QWidget):
    """The thought itself, muted, with a line at its start side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.text = MessageText(theme, "")
        self.text.setAccessibleName(tr("What the model thought"))
        column = QVBoxLayout(self)
        set_margins(column, _INDENT, 0, 0, 0)
        column.addWidget(self.text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(placed(self, QRectF(0, 0, 2, self.height())), self._theme.color("border"))
        painter.end()


class ThinkingView(QWidget):
    """Folded at first; there is nothing of it where nothing was thought."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thought = Thought()
        self._line = _ThoughtLine(theme)
        self._line.toggled.connect(self._unfold)
        self._body: _ThoughtText | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._line)
        theme.changed.connect(self._tint)
        self.hide()

    def show_thought(self, thought: Thought, seconds: float | None, *, live: bool) -> None:
        """Show it; `seconds` as far as they are known, `live` while the reply streams."""
        self.setVisible(bool(thought.text))
        if not thought.text:
            return
        thinks = live and thought.is_open
        last = thought.text.rstrip().rpartition("\n")[2] if thinks and not self._body else ""
        self._line.show_words(_words(seconds, thinks=thinks), last)
        if thought.text != self._thought.text:
            self._thought = thought
            self._fill()

    def opened(self) -> TextBlock | None:
        """Unfold it; what was thought."""
        self._line.setChecked(True)
        return self._body.text if self._body else None

    def _unfold(self, unfolded: bool) -> None:  # noqa: FBT001 - a slot of `toggled`
        if unfolded:
            self._body = _ThoughtText(self._theme)
            self._column.addWidget(self._body)
            self._body.show()
            self._fill()
            self._tint()
        elif self._body:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
            self._body = None

    def _fill(self) -> None:
        if self._body:
            self._body.text.show_text(self._thought.text)

    def _tint(self) -> None:
        if self._body:
            palette = self._body.text.palette()
            palette.setColor(palette.ColorRole.Text, self._theme.color("muted"))
            self._body.text.setPalette(palette)


def _words(seconds: float | None, *, thinks: bool) -> str:
    if seconds is None:
        return tr("Thinking") if thinks else tr("Thought")
    words = tr("Thinking, {time}") if thinks else tr("Thought for {time}")
    return words.format(time=_duration(seconds))


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return tr("{n} s").format(
            n=figures.number(seconds) if seconds < _SECOND_WHOLE else whole(seconds)
        )
    minutes, rest = divmod(round(seconds), _MINUTE)
    return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)

"""What tells the person something: the banner, the loading strip, the toast."""

from typing import Literal

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop import figures
from desktop.error_text import ErrorAction, ErrorText
from desktop.icons import paint_icon
from desktop.pair_model import PairModel, Phase
from desktop.theme import Theme
from desktop.views.bidi import placed
from desktop.views.controls import SEMIBOLD, IconButton, announce, label, push_button
from desktop.views.error_details import ErrorDetails
from desktop.views.framed_ground import paint_frame
from desktop.views.layouts import set_margins
from engine.language import tr

_ICON = 20
_WITHIN_BUTTON = 7
"""What stands before the words of a slim button; the sentences begin where they do."""


class Banner(QWidget):
    """Stays until it is closed or solved: a title, a sentence, the actions that help, the cause.

    Signals:
        action_chosen(ErrorAction)
    """

    action_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone: Literal["danger", "warning"] = "danger"
        self._title = label(theme, weight=SEMIBOLD, wrap=True)
        self._message = label(theme, wrap=True)
        self._error: ErrorText | None = None
        self._buttons = {action: self._button(action) for action in ErrorAction}
        self.details = push_button(theme, tr("Details"), "quiet")
        self.details.setProperty("slim", "true")
        self.details.clicked.connect(self._open_details)
        close = IconButton(theme, "x", tr("Close this message"))
        close.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(2)
        for said in (self._title, self._message):
            said.setIndent(_WITHIN_BUTTON)
        words.addWidget(self._title)
        words.addWidget(self._message)
        words.addWidget(self._row_of_buttons())
        row = QHBoxLayout(self)
        set_margins(row, 12 + _ICON + 12 - _WITHIN_BUTTON, 8, 8, 8)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(close)
        self.hide()

    def show_error(self, text: ErrorText) -> None:
        """Show a failure and what helps."""
        self._error = text
        self._show("danger", text.title, text.message, text.actions)

    def show_notice(self, sentence: str) -> None:
        """Show something that is no failure."""
        self._error = None
        self._show("warning", "", sentence, ())

    @property
    def offered(self) -> tuple[ErrorAction, ...]:
        """The actions that can be chosen now."""
        return tuple(action for action, button in self._buttons.items() if button.isVisible())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_frame(
            painter,
            self._theme,
            self.rect(),
            line=self._tone,
            fill=f"{self._tone}_soft",
            radius="block",
        )
        icon = "triangle-alert" if self._tone == "danger" else "info"
        square = QRectF(12, (self.height() - _ICON) / 2, _ICON, _ICON)
        paint_icon(painter, icon, self._theme.color(self._tone).name(), placed(self, square))
        painter.end()

    def _show(
        self,
        tone: Literal["danger", "warning"],
        title: str,
        message: str,
        actions: tuple[ErrorAction, ...],
    ) -> None:
        self._tone = tone
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._message.setText(message)
        for action, button in self._buttons.items():
            button.setVisible(action in actions)
        has_details = bool(self._error and self._error.detail)
        self.details.setVisible(has_details)
        self._actions.setVisible(bool(actions) or has_details)
        self.setAccessibleName(f"{title}. {message}" if title else message)
        self.show()
        self.update()
        announce(self, self.accessibleName())

    def _button(self, action: ErrorAction) -> QPushButton:
        button = push_button(self._theme, action.value, "quiet")
        button.setProperty("slim", "true")
        button.clicked.connect(lambda: self._choose(action))
        return button

    def _row_of_buttons(self) -> QWidget:
        self._actions = QWidget()
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addWidget(self.details)
        row.addStretch(1)
        return self._actions

    def _open_details(self) -> None:
        if self._error:
            ErrorDetails(self._theme, self._error, self).open()

    def _choose(self, action: ErrorAction) -> None:
        self.hide()
        self.action_chosen.emit(action)


class LoadingStrip(QWidget):
    """What the loading does, how far it is, and a way to stop it."""

    def __init__(self, theme: Theme, pair: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair = pair
        self._words = label(theme, role="small", tone="muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(tr("Loading"))
        stop = push_button(theme, tr("Stop"), "quiet")
        stop.setAccessibleName(tr("Stop the loading"))
        stop.clicked.connect(pair.stop_loading)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addStretch(1)
        row = QHBoxLayout(self)
        set_margins(row, 4, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(stop)
        pair.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(self._pair.phase is Phase.LOADING)
        progress = self._pair.progress
        self._words.setText(figures.loading(progress, self._pair.target_label))
        self._bar.setValue(round(1000 * progress.fraction) if progress else 0)


class Toast(QWidget):
    """Says what happened, and may take it back; waits while it is hovered or focused.

    Signals:
        undo_chosen
    """

    undo_chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._area = parent
        self._words = label(theme)
        self._undo = push_button(theme, tr("Undo"), "toast")
        self._undo.clicked.connect(self._choose)
        self._timer = QTimer(self, singleShot=True, interval=theme.tokens.motion_ms["toast_shown"])
        self._timer.timeout.connect(self._time_over)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(12)
        row.addWidget(self._words)
        row.addWidget(self._undo)
        theme.changed.connect(self._tint)
        self._tint()
        self.hide()

    def show_words(self, words: str, *, undoable: bool) -> None:
        """Show for a while, with [Undo] where there is something to take back."""
        self._words.setText(words)
        self._undo.setVisible(undoable)
        self.setAccessibleName(words)
        self.setMinimumHeight(40)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()

    def place(self) -> None:
        """Bottom centre of the parent."""
        area = self._area
        self.move((area.width() - self.width()) // 2, area.height() - self.height() - 12)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("text"))
        radius = self._theme.tokens.radius["block"]
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.end()

    def _tint(self) -> None:
        self._words.setStyleSheet(f"color: {self._theme.color('surface').name()}")

    def _time_over(self) -> None:
        if self._undo.hasFocus():
            self._timer.start()
        else:
            self.hide()

    def _choose(self) -> None:
        self.hide()
        self.undo_chosen.emit()

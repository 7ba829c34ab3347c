"""The tree panel: the rounds of a reply, the tree of one of them, and where its time went."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import figures
from desktop.chat_model import ChatModel
from desktop.conversations.values import StoredMessage
from desktop.rounds import ReplyRound, accepted_by_depth
from desktop.theme import Theme
from desktop.throttle import Throttle
from desktop.views.controls import SEMIBOLD, IconButton, label, panel, push_button, rule
from desktop.views.layouts import set_margins
from desktop.views.slide import slide_in
from desktop.views.tree_canvas import TreeCanvas, TreeScroll
from desktop.views.tree_legend import OriginLegend
from desktop.views.tree_list import TreeList
from desktop.views.tree_rounds import RoundSlider
from desktop.views.tree_time import TimeBar
from desktop.views.tree_window import TreePlace
from engine.events import Role
from engine.language import tr

_SIDE: Final = 16
_LIVE: Final = tr("Live")
LIVE_MS: Final = 200
"""Nobody follows the trees of each frame."""
_EMPTY: Final = tr(
    "The trees of a reply show here, round by round, while it is written and afterwards."
)
_NOT_KEPT: Final = tr("The rounds of this reply are not known: an older Outrider made it.")
_PATH_ONLY: Final = tr("Only what was taken is known of a reply from before the last start.")


class TreePanel(QWidget):
    """Follows the newest reply, and in it the newest round, until another one is chosen.

    Signals:
        close_asked
        move_asked: into a window of its own, or back beside the chat
        round_shown(str, int): message id and the number of the round, from 1
    """

    close_asked = Signal()
    move_asked = Signal()
    round_shown = Signal(str, int)

    def __init__(self, theme: Theme, chat: ChatModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chat = chat
        self._message: StoredMessage | None = None
        self._rounds: Sequence[ReplyRound] = ()
        self._number = 0
        self._live = True
        self._heading = label(theme, tr("Tree"), "heading", weight=SEMIBOLD)
        self._which = label(theme, role="body", weight=SEMIBOLD)
        self._sentence = label(theme, role="small", tone="muted", wrap=True)
        self._reply_words = label(theme, role="small", tone="muted", wrap=True)
        self._note = label(theme, role="small", tone="muted", wrap=True)
        self.slider = RoundSlider(theme)
        self.canvas = TreeCanvas(theme)
        self.list = TreeList(theme)
        self._time = TimeBar(theme)
        self._stack = QStackedWidget()
        self._as_list = self._button("list", tr("Show the tree as a list"), checkable=True)
        self._back = self._button("chevron-left", tr("Back to the chat"))
        self.move_button = self._button("external-link", "")
        self._live_button = self._make_live_button()
        self._lay_out()
        self._connect()
        self.show_place(TreePlace.BESIDE)
        self._refresh()

    def show_reply(self, message_id: str) -> None:
        """Show the rounds of this reply, its last one first."""
        found = [item.message for item in self._chat.messages() if item.message.id == message_id]
        if found:
            self._message, self._live, self._number = found[0], True, 0
            self._refresh()

    def choose(self, number: int) -> None:
        """Show round `number`, and stay there."""
        self._live = number >= len(self._rounds)
        self._number = number
        self._refresh()

    def slide_in(self) -> None:
        """Come in from the side, in the place that it has already: the chat moves only once."""
        slide_in(self._theme, self._surface, from_end=True)

    def show_place(self, place: TreePlace) -> None:
        """Offer the ways from there to other places."""
        self._back.setVisible(place is TreePlace.ALONE)
        apart = place is TreePlace.APART
        name = tr("Back beside the chat") if apart else tr("In a window of its own")
        self.move_button.setAccessibleName(name)
        self.move_button.setToolTip(name)
        self.move_button.show_icon("panel-right" if apart else "external-link")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._path_changed()

    def _button(self, icon: str, name: str, *, checkable: bool = False) -> IconButton:
        button = IconButton(self._theme, icon, name, side=32)
        button.setCheckable(checkable)
        return button

    def _make_live_button(self) -> QPushButton:
        button = push_button(self._theme, _LIVE, "quiet")
        button.setProperty("slim", "true")  # no taller than the chevrons beside it
        button.setAccessibleName(tr("Follow the newest round"))
        button.setToolTip(tr("Follow the newest round"))
        return button

    def _lay_out(self) -> None:
        surface = self._surface = panel("background", "tree")
        column = QVBoxLayout(surface)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tools())
        column.addWidget(rule())
        column.addLayout(self._rows(self._round_row(), self.slider, self._sentence))
        column.addWidget(rule())
        column.addLayout(self._rows(OriginLegend(self._theme), self._note))
        column.addWidget(self._make_stack(), 1)
        column.addWidget(rule())
        column.addLayout(self._rows(self._time, self._reply_words))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(surface)

    def _tools(self) -> QWidget:
        bar = QWidget()
        self._theme.set_height(bar, self._theme.tokens.size["header"])
        row = QHBoxLayout(bar)
        set_margins(row, _SIDE, 0, 12, 0)
        self._back.clicked.connect(self.close_asked)
        close = self._button("x", tr("Close the tree panel"))
        close.clicked.connect(self.close_asked)
        row.addWidget(self._back)
        row.addWidget(self._heading, 1)
        for button in (self._as_list, self.move_button, close):
            row.addWidget(button)
        return bar

    def _round_row(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._which, 1)
        row.addWidget(self._live_button)
        for icon, name, step in (
            ("chevron-left", tr("Previous round"), -1),
            ("chevron-right", tr("Next round"), 1),
        ):
            button = IconButton(self._theme, icon, name)
            button.clicked.connect(lambda _checked=False, by=step: self._step(by))
            row.addWidget(button)
        return line

    def _rows(self, *widgets: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(_SIDE, 12, _SIDE, 12)
        column.setSpacing(8)
        for widget in widgets:
            column.addWidget(widget)
        return column

    def _make_stack(self) -> QStackedWidget:
        column = QHBoxLayout(place := QWidget())
        set_margins(column, _SIDE, 0, 0, 0)
        column.addWidget(TreeScroll(self.canvas))
        self._stack.addWidget(place)
        self._stack.addWidget(self.list)
        return self._stack

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self.choose)
        self._as_list.toggled.connect(self._show_form)
        self.move_button.clicked.connect(self.move_asked)
        self._live_button.clicked.connect(self._follow)
        self._chat.reply_streamed.connect(Throttle(self._grow, LIVE_MS, self))
        self._chat.path_changed.connect(self._path_changed)
        self._chat.conversation_changed.connect(self._path_changed)

    def _step(self, by: int) -> None:
        self.slider.setValue(self._number + by)

    def _follow(self) -> None:
        self._live = True
        self._refresh()

    def _show_form(self, as_list: bool) -> None:  # noqa: FBT001 - a slot of `toggled`
        self._stack.setCurrentIndex(1 if as_list else 0)
        self._refresh()

    def _path_changed(self) -> None:
        """The newest reply, unless the one that was chosen is still there."""
        if not self.isVisible():
            return
        replies = [
            item.message for item in self._chat.messages() if item.message.role is Role.ASSISTANT
        ]
        shown = self._message.id if self._message else ""
        kept = [message for message in replies if message.id == shown]
        run = self._chat.shown_run
        begun = run is not None and run.message.id != shown and not run.rounds
        if begun or not kept:
            self._message, self._live = (replies[-1] if replies else None), True
        else:
            self._message = kept[0]
        self._refresh()

    def _grow(self) -> None:
        run = self._chat.shown_run
        if run and self._message and run.message.id == self._message.id:
            self._message = run.message
            self._refresh()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        self._rounds = self._chat.rounds(self._message) if self._message else ()
        count = len(self._rounds)
        self._number = count if self._live else min(max(self._number, 1), count)
        self.slider.show_rounds(self._rounds, self._number)
        self._which.setText(self._which_words(count))
        self._live_button.setVisible(self._streams)
        self._live_button.setText(f"\u25cf {_LIVE}" if self._live else _LIVE)
        self._show_round(self._rounds[self._number - 1] if count else None)

    def _which_words(self, count: int) -> str:
        if not count:
            return tr("No rounds")
        follows = self._live and self._streams
        words = tr("Round {number} so far") if follows else tr("Round {number} of {count}")
        return words.format(number=self._number, count=count)

    def _show_round(self, shown: ReplyRound | None) -> None:
        taken = accepted_by_depth(self._rounds)
        guessed = sum(one.tree is not None for one in self._rounds)
        tree = shown.tree if shown else None
        self.canvas.show_tree(tree, self._number, [count / guessed for count in taken])
        words = figures.round_words(shown) if shown else ""
        self._sentence.setText(words)
        self._name_picture(words)
        if self._as_list.isChecked():
            self.list.show_nodes(self.canvas.nodes)
        self._show_note(shown)
        self._time.show_stats(shown.stats if shown else None)
        notes = self._message.notes if self._message else None
        self._reply_words.setText(figures.reply_words(notes) if notes else "")
        if shown and self._message:
            self.round_shown.emit(self._message.id, self._number)

    @property
    def _streams(self) -> bool:
        run = self._chat.shown_run
        return run is not None and self._message is not None and run.message.id == self._message.id

    def _name_picture(self, words: str) -> None:
        name = tr("Draft tree, round {number} of {rounds}").format(
            number=self._number, rounds=len(self._rounds)
        )
        self.canvas.setAccessibleName(name)
        self.canvas.setAccessibleDescription(words)
        self.slider.setAccessibleDescription(words)

    def _show_note(self, shown: ReplyRound | None) -> None:
        words = ""
        if shown is None:
            words = _NOT_KEPT if self._message and not self._streams else _EMPTY
        elif shown.tree is None:
            words = figures.plain_words(shown.stats)
        elif shown.stats is None:
            words = _PATH_ONLY
        self._note.setText(words)
        self._note.setVisible(bool(words))

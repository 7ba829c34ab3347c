"""Two answers side by side to the same question, and a way to keep either of them."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.chat_model import ChatModel
from desktop.comparison import Comparison, possible_sides
from desktop.pair_model import PairModel, Phase
from desktop.profile_model import ProfileModel
from desktop.theme import Theme
from desktop.views.compare_column import Column
from desktop.views.controls import announce, label, push_button
from desktop.views.growing_edit import GrowingEdit
from engine.language import tr

_SIZE: Final = (920, 640)
_PROMPT_LINES: Final = 4
_PROMPT_MARGIN: Final = 5
_PROMPT_FRAME: Final = 10


class CompareDialog(QDialog):
    """Answers `text`, or again the message `message_id` of the path, by two pairs in turn.

    Signals:
        kept: an answer is in the conversation now, and so is the text
    """

    kept = Signal()

    def __init__(  # noqa: PLR0917 - the models that it shows
        self,
        theme: Theme,
        chat: ChatModel,
        pair: PairModel,
        profiles: ProfileModel,
        comparison: Comparison,
        text: str,
        message_id: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._pair = pair
        self._comparison = comparison
        self._message_id = message_id
        self._sides = possible_sides(pair, profiles, chat.setup().sampling)
        self._asked = ""
        self._kept: set[int] = set()
        """Whose answers are in the conversation already."""
        self._told: set[int] = set()
        """Of which a screen reader has heard that they have ended."""
        self.setWindowTitle(tr("Compare two answers"))
        self.resize(*_SIZE)
        self.prompt = self._prompt(theme, text)
        self.prompt.setReadOnly(message_id is not None)
        self.columns = [Column(theme, self._sides, number) for number in range(2)]
        self.go = push_button(theme, tr("Compare"), "primary")
        self.stop = push_button(theme, tr("Stop"))
        self.done_button = push_button(theme, tr("Close"))
        self._lay_out(theme)
        self._connect()
        self._refresh()

    def done(self, result: int) -> None:
        """Stop what is under way; what was loaded before is loaded again."""
        self._comparison.close()
        super().done(result)

    def _prompt(self, theme: Theme, text: str) -> GrowingEdit:
        prompt = GrowingEdit(theme, tr("Message to answer"), frame=_PROMPT_FRAME)
        prompt.setProperty("framed", "true")
        prompt.document().setDocumentMargin(_PROMPT_MARGIN)
        prompt.limit_height(_PROMPT_LINES * theme.line_height("message"))
        prompt.setAcceptDrops(False)
        prompt.setPlaceholderText(tr("Write the message that both answer"))
        prompt.setPlainText(text)
        prompt.move_to_end()
        return prompt

    def _lay_out(self, theme: Theme) -> None:
        hint = tr(
            "The pairs answer one after the other: only one of them is in memory. "
            "What was loaded before is loaded again at the end."
        )
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(16)
        for column in self.columns:
            side_by_side.addWidget(column, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(label(theme, hint, "small", tone="muted", wrap=True), 1)
        for button in (self.done_button, self.stop, self.go):
            buttons.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 16)
        rows.setSpacing(12)
        rows.addWidget(self.prompt)
        rows.addLayout(side_by_side, 1)
        rows.addLayout(buttons)

    def _connect(self) -> None:
        self.prompt.textChanged.connect(self._allow)
        self.prompt.submitted.connect(self.go.click)  # which may be refused
        self.go.clicked.connect(self._start)
        self.stop.clicked.connect(self._comparison.stop)
        self.done_button.clicked.connect(self.reject)
        for number, column in enumerate(self.columns):
            column.side_chosen.connect(self._allow)
            column.keep.clicked.connect(lambda _=False, chosen=number: self._keep(chosen))
        self._comparison.changed.connect(self._refresh)
        self._comparison.grew.connect(self._grow)
        self._pair.changed.connect(self._show_progress)

    def _start(self) -> None:
        if self._comparison.at_work is not None:
            return
        chosen = [column.chosen for column in self.columns]
        self._asked, self._kept, self._told = self.prompt.toPlainText(), set(), set()
        for column in self.columns:
            column.clear()
        self._comparison.start(
            [side for side in chosen if side], self._chat.asked(self._asked, self._message_id)
        )

    def _refresh(self) -> None:
        comparison = self._comparison
        busy = comparison.at_work is not None
        for number, column in enumerate(self.columns):
            column.side.setEnabled(not busy)
            self._show_outcome(number)
        self._offer(self.stop if busy else self.go, self.go if busy else self.stop)
        self._allow()
        self._show_progress()

    def _show_outcome(self, number: int) -> None:
        """What a side has answered, or why not; it is told once that it is there."""
        column, comparison = self.columns[number], self._comparison
        reply, failure = comparison.replies.get(number), comparison.failures.get(number)
        if reply:
            column.show_reply(reply)
        if failure:
            column.show_failure(failure)
        if number in self._kept:
            column.show_kept()
        if not (reply or failure):
            column.say(tr("Waits for its turn") if comparison.at_work is not None else "")
        elif number not in self._told:
            self._told.add(number)
            done = tr("Answer {number} is finished").format(number=number + 1)
            announce(self, failure.sentence if failure else done)

    def _offer(self, button: QWidget, other: QWidget) -> None:
        """One of two buttons; the focus goes to what is read next, not to anybody."""
        had_focus = other.hasFocus() or (button is self.stop and self.prompt.hasFocus())
        button.show()
        if had_focus and other.isVisible():
            there = [self.columns[number].area for number in sorted(self._comparison.replies)]
            following = button if button is self.stop else next(iter(there), self.go)
            following.setFocus(Qt.FocusReason.OtherFocusReason)
        other.hide()

    def _allow(self) -> None:
        why = self._why_not()
        self.go.setEnabled(not why)
        self.go.setToolTip(why)

    def _why_not(self) -> str:
        if not self._sides:
            return tr("Load a model or save a profile first")
        if not all(column.chosen for column in self.columns):
            return tr("No profile has its models here now")
        return "" if self.prompt.toPlainText().strip() else tr("Write a message first")

    def _show_progress(self) -> None:
        at_work = self._comparison.at_work
        if at_work is not None and self._pair.phase is Phase.LOADING:
            self.columns[at_work].show_loading(self._pair.progress)

    def _grow(self) -> None:
        run, at_work = self._comparison.run, self._comparison.at_work
        if run and at_work is not None:
            self.columns[at_work].show_run(run)

    def _keep(self, number: int) -> None:
        self.columns[number].keep.setEnabled(False)  # until it is known what became of it
        reply = self._comparison.replies[number]
        show_kept = partial(self._show_kept, number)
        if not self._chat.keep_answer(reply, self._asked, self._message_id, show_kept):
            self.columns[number].keep.setEnabled(True)

    def _show_kept(self, number: int, message_id: str) -> None:
        if not isValid(self):
            return  # it was closed while the disk was waited for
        # The other answer becomes a branch beside it.
        self._message_id = message_id
        self._kept.add(number)
        self.prompt.setReadOnly(True)
        self.columns[number].show_kept()
        announce(self, self.columns[number].keep.text())
        self.kept.emit()

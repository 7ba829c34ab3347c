"""Two answers side by side to the same question, and a way to keep either of them."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop import figures
from desktop.chat_model import ChatModel
from desktop.comparison import Comparison, Side, possible_sides
from desktop.conversations.values import StoredMessage, TextOrigins
from desktop.pair_model import PairModel, Phase
from desktop.profile_model import ProfileModel
from desktop.reply_run import ReplyRun
from desktop.theme import Theme
from desktop.thought import Thought, parts_of, seconds_of
from desktop.views.block_column import BlockColumn
from desktop.views.block_pool import BlockPool
from desktop.views.controls import announce, label, panel, push_button
from desktop.views.markdown_blocks import MarkdownStream
from desktop.views.reply_line import ReplyLine
from desktop.views.thinking import ThinkingView
from desktop.views.value_controls import ChoiceBox
from engine.errors import OutriderError
from engine.language import tr

_SIZE: Final = (920, 640)
_PROMPT_HEIGHT: Final = 72


class Column(QWidget):
    """One side: who answers, what it says, how fast, and the button that keeps it."""

    def __init__(
        self, theme: Theme, sides: list[Side], number: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._stream = MarkdownStream()
        names = {str(place): side.name for place, side in enumerate(sides)}
        self.side = ChoiceBox(theme, tr("Pair {number}").format(number=number + 1), names)
        self.side.setCurrentIndex(min(number, len(sides) - 1))
        self._thinking = ThinkingView(theme)
        self._blocks = BlockColumn(theme, BlockPool(theme))
        self._words = label(theme, role="small", tone="muted", wrap=True)
        self._line = ReplyLine(theme)
        self.keep = push_button(theme, tr("Keep this answer"))
        self.keep.setAccessibleName(tr("Keep answer {number}").format(number=number + 1))
        content = panel("surface", "answer")
        inside = QVBoxLayout(content)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addWidget(self._thinking)
        inside.addWidget(self._blocks)
        inside.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(content)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName(tr("Answer {number}").format(number=number + 1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.side)
        column.addWidget(self.area, 1)
        column.addWidget(self._words)
        column.addWidget(self._line)
        column.addWidget(self.keep)
        self.clear("")

    def clear(self, words: str) -> None:
        """Show no answer, and in its place why there is none yet."""
        self._stream = MarkdownStream()
        self._thinking.show_thought(Thought(), None, live=False)
        self._blocks.show_blocks([], growing=False)
        self._line.show_words(None, figures.NoteText())
        self._say(words)
        self.keep.setEnabled(False)

    def show_run(self, run: ReplyRun) -> None:
        """Show an answer that streams."""
        self._show_text(run.message, run.origins, run.figures.tokens_per_second, live=True)
        self._line.show_words(figures.live_chip(run), figures.live_note(run))
        self._say("")

    def show_reply(self, reply: StoredMessage, *, can_keep: bool) -> None:
        """Show an answer that has ended."""
        notes = reply.notes
        origins, speed = (notes.origins, notes.tokens_per_second) if notes else ((), 0.0)
        self._show_text(reply, origins, speed, live=False)
        chip = figures.chip(notes) if notes else None
        self._line.show_words(chip, figures.note(reply.state, notes))
        self._say("")
        self.keep.setEnabled(can_keep and bool(reply.text.strip()))

    def show_kept(self) -> None:
        """It is in the conversation now."""
        self.keep.setEnabled(False)
        self.keep.setText(tr("Kept in the conversation"))

    def allow_keeping_again(self) -> None:
        """Another answer comes."""
        self.keep.setText(tr("Keep this answer"))

    def _show_text(
        self, reply: StoredMessage, origins: Sequence[TextOrigins], speed: float, *, live: bool
    ) -> None:
        thought, text = parts_of(reply)
        self._thinking.show_thought(thought, seconds_of(thought, origins, speed), live=live)
        self._blocks.show_blocks(self._stream.update(text), growing=live)
        self._blocks.build_all()

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))


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
        self._sides = possible_sides(pair, profiles)
        self._asked = ""
        self._kept: set[int] = set()
        """Whose answers are in the conversation already."""
        self.setWindowTitle(tr("Compare two answers"))
        self.resize(*_SIZE)
        self.prompt = QPlainTextEdit(text)
        self.prompt.setProperty("framed", "true")
        theme.dress(self.prompt, "body")
        self.prompt.setFixedHeight(_PROMPT_HEIGHT)
        self.prompt.setTabChangesFocus(True)
        self.prompt.setReadOnly(message_id is not None)
        self.prompt.setAccessibleName(tr("Message to answer"))
        self.prompt.setPlaceholderText(tr("Write the message that both answer"))
        self.columns = [Column(theme, self._sides, number) for number in range(2)]
        self.words = label(theme, role="small", tone="danger", wrap=True)
        self.words.hide()
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
        rows.addWidget(self.words)
        rows.addLayout(buttons)

    def _connect(self) -> None:
        self.prompt.textChanged.connect(self._allow)
        self.go.clicked.connect(self._start)
        self.stop.clicked.connect(self._comparison.stop)
        self.done_button.clicked.connect(self.reject)
        for number, column in enumerate(self.columns):
            column.keep.clicked.connect(lambda _=False, chosen=number: self._keep(chosen))
        self._comparison.changed.connect(self._refresh)
        self._comparison.grew.connect(self._grow)
        self._comparison.failed.connect(self._show_failure)
        self._pair.changed.connect(self._show_progress)

    def _start(self) -> None:
        self._asked, self._kept = self.prompt.toPlainText(), set()
        self.words.hide()
        for column in self.columns:
            column.allow_keeping_again()
            column.clear(tr("Waits for its turn"))
        chosen = [self._sides[column.side.currentIndex()] for column in self.columns]
        self._comparison.start(chosen, self._chat.asked(self._asked, self._message_id))

    def _refresh(self) -> None:
        busy = self._comparison.at_work is not None
        for number, column in enumerate(self.columns):
            column.side.setEnabled(not busy)
            reply = self._comparison.replies.get(number)
            if reply:
                column.show_reply(reply, can_keep=not busy and number not in self._kept)
            elif not busy:
                column.clear("")
        self.stop.setVisible(busy)
        self.go.setVisible(not busy)
        self._allow()
        self._show_progress()

    def _allow(self) -> None:
        why = self._why_not()
        self.go.setEnabled(not why)
        self.go.setToolTip(why)

    def _why_not(self) -> str:
        if not self._sides:
            return tr("Load a model or save a profile first")
        return "" if self.prompt.toPlainText().strip() else tr("Write a message first")

    def _show_progress(self) -> None:
        at_work = self._comparison.at_work
        if at_work is not None and self._pair.phase is Phase.LOADING:
            words = figures.loading(self._pair.progress, self.columns[at_work].side.currentText())
            self.columns[at_work].clear(words)

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

    def _show_failure(self, error: OutriderError) -> None:
        self.words.setText(error.sentence)
        self.words.show()
        announce(self, error.sentence)

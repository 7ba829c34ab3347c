"""A reply: its blocks, and under them one line with the chip, the speed and the actions."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import figures
from desktop.chat_model import ShownMessage
from desktop.conversations.query import Query
from desktop.conversations.values import MessageState, StoredMessage
from desktop.message_actions import MessageActions
from desktop.reply_run import ReplyRun
from desktop.theme import Theme
from desktop.thought import Thought, parts_of, reply_of, seconds_of, thought_of
from desktop.throttle import FIGURES_MS, Throttle
from desktop.views.block_column import BlockColumn
from desktop.views.block_pool import BlockPool
from desktop.views.code_block import CodeView
from desktop.views.controls import IconButton, push_button
from desktop.views.markdown_blocks import MarkdownStream, sources
from desktop.views.message_view import MessageView
from desktop.views.reply_line import ReplyLine
from desktop.views.reply_marks import ReplyMarks
from desktop.views.spoken_text import spoken_text
from desktop.views.text_block import TextBlock
from desktop.views.thinking import ThinkingView
from desktop.views.tree_marks import TokenMarks
from engine.language import tr

MARK_MS: Final = 500
READ_AT_ONCE: Final = 0.05
READ_ON: Final = 0.01
"""Seconds for reading a reply that has ended: a huge one is read on between the events."""
_THOUGHT: Final = -1
"""The number of the text that is no block."""


class Reply(MessageView):
    """One reply of the target.

    Signals besides `edited`:
        regenerate_asked(str): message id
        link_chosen(QUrl)
        tree_asked(str): message id
    """

    tree_asked = Signal(str)
    regenerate_asked = Signal(str)
    link_chosen = Signal(QUrl)

    def __init__(
        self,
        theme: Theme,
        shown: ShownMessage,
        token_marks: TokenMarks,
        actions: MessageActions,
        parent: QWidget | None = None,
        *,
        pool: BlockPool,
    ) -> None:
        super().__init__(theme, shown.message, actions, parent)
        self._actions = actions
        self._marks = ReplyMarks(token_marks)
        self._stream = MarkdownStream()
        self._thinking: ThinkingView | None = None
        self._blocks = BlockColumn(theme, pool)
        self._blocks.link_chosen.connect(self.link_chosen)
        copy = IconButton(theme, "copy", tr("Copy the reply"))
        copy.clicked.connect(self._copy)
        self._again = IconButton(theme, "rotate-cw", tr("Regenerate the reply"))
        self._again.clicked.connect(lambda: self.regenerate_asked.emit(self._message.id))
        self._go_on = push_button(theme, tr("Continue"), "quiet")
        self._go_on.setProperty("slim", "true")
        self._go_on.setAccessibleName(tr("Continue the reply"))
        self._go_on.setToolTip(tr("Go on where the reply was cut off"))
        self._go_on.clicked.connect(lambda: actions.go_on(self._message))
        for button in (copy, self._again, self._edit, self.more):
            self.actions_row.add(button)
        self._line = ReplyLine(theme, self._go_on, self.branches, self.actions_row)
        self._line.chip_chosen.connect(lambda: self.tree_asked.emit(self._message.id))
        token_marks.changed.connect(self._show_marks)
        token_marks.relit.connect(self._relight)
        self._shown: StoredMessage | None = None
        """What it shows whole; None while it streams."""
        self._run: ReplyRun | None = None
        self._tell_soon = Throttle(self._show_figures, FIGURES_MS, self)
        self._mark_soon = QTimer(self, singleShot=True, interval=MARK_MS)
        self._mark_soon.timeout.connect(self._show_marks)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self._blocks)
        self._column.addWidget(self._line)

    def show_message(self, shown: ShownMessage, *, idle: bool) -> Collection[int]:
        """Show a reply that has ended; `idle`: the engine can answer now.

        The numbers of those of its texts that look other than before.
        """
        self._run = None
        self._tell_soon.cancel()
        other = self._show_text(shown.message) if shown.message != self._shown else ()
        self._message = self._shown = shown.message
        self._again.setEnabled(idle)
        self._go_on.setVisible(not self._actions.why_not_on(shown.message))
        self.actions_row.setVisible(shown.message.state is not MessageState.STREAMING)
        self.branches.show_branch(shown.branch, shown.branches, enabled=idle)
        notes = shown.message.notes
        words = figures.note(shown.message.state, notes)
        self._line.show_words(figures.chip(notes) if notes else None, words)
        return other

    def show_run(self, run: ReplyRun) -> Collection[int]:
        """Show a reply that streams; the numbers of those of its texts that have grown."""
        self._message, self._shown = run.message, None
        self._run = run
        (thought, text), speed = parts_of(run.message), run.figures.tokens_per_second
        grown = self._blocks.show_blocks(self._stream.update(text), growing=True)
        self._show_thought(thought, seconds_of(thought, run.origins, speed), live=True)
        self._mark_later()
        for widget in (self.actions_row, self.branches, self._go_on):
            widget.hide()
        self._tell_soon()
        return grown

    @property
    def edit_words(self) -> tuple[str, str]:
        return tr("Edit the reply"), tr("Keep as new branch")

    @property
    def names(self) -> tuple[str, str]:
        return tr("Reply"), tr("Reply: {text}")

    def said(self, text: str) -> str:
        return spoken_text(text)

    def parts(self) -> Sequence[QWidget]:
        return (self._blocks, self._line)

    def settle(self) -> None:
        super().settle()
        self._blocks.arrange()

    def block_at(self, y: int) -> int:
        return -1 if self._edit_box else self._blocks.block_at(y - self._blocks.y())

    def top_of(self, block: int) -> int:
        return self._blocks.y() + self._blocks.top_of(block) if block >= 0 else 0

    def read_on(self) -> Collection[int] | None:
        if self._run or self._stream.share == 1:
            return None
        changed = self._read(reply_of(self._message), READ_ON)
        self._mark(changed)
        return changed

    def missing(self, top: int, bottom: int) -> Sequence[int]:
        above = self._blocks.y()
        return () if self._edit_box else self._blocks.missing(top - above, bottom - above)

    def build(self, blocks: Sequence[int]) -> None:
        self._blocks.build(blocks)
        self._mark(blocks)

    def drop_outside(self, top: int, bottom: int) -> bool:
        above = self._blocks.y()
        return self._blocks.drop_outside(top - above, bottom - above)

    def release(self) -> None:
        self._blocks.release()

    def texts(self) -> Mapping[int, TextBlock]:
        views = self._blocks.views.items()
        return {at: view.text if isinstance(view, CodeView) else view for at, view in views}

    def locate(self, query: Query, number: int) -> tuple[int, int]:
        thought = len(query.marks(thought_of(self._message).text))
        if number < thought:
            return _THOUGHT, number
        number -= thought
        found = 0, number
        self._read(reply_of(self._message), math.inf)
        written = sources(reply_of(self._message), self._stream.starts)
        for block, hits in enumerate(len(query.marks(source)) for source in written):
            if hits:
                found = block, min(number, hits - 1)
            if number < hits:
                break
            number -= hits
        return found

    def opened(self, text: int) -> TextBlock | None:
        if text == _THOUGHT:
            return self._thinking.opened() if self._thinking else None
        view = self._blocks.views.get(text)
        if isinstance(view, CodeView):
            view.show_all()
        return self.texts().get(text)

    def _show_text(self, message: StoredMessage) -> Collection[int]:
        """All of a reply that has ended; the texts that look other than before."""
        self._message = message
        (thought, text), known = parts_of(message), message.notes
        other = self._read(text, READ_AT_ONCE)
        seconds = seconds_of(thought, known.origins, known.tokens_per_second) if known else None
        self._show_thought(thought, seconds, live=False)
        self._show_marks()
        self._name_by(text)
        return other

    def _read(self, text: str, seconds: float) -> Collection[int]:
        """Read a reply that has ended, or read it on, for about so long."""
        blocks = self._stream.read(text, seconds)
        return self._blocks.show_blocks(blocks, growing=False, share=self._stream.share)

    def _show_figures(self) -> None:
        if self._run:
            self._line.show_words(figures.live_chip(self._run), figures.live_note(self._run))

    def _show_thought(self, thought: Thought, seconds: float | None, *, live: bool) -> None:
        """Few replies have one, so there is no widget before it is needed."""
        if thought.text and not self._thinking:
            self._thinking = ThinkingView(self._theme)
            self._column.insertWidget(0, self._thinking)
        if self._thinking:
            self._thinking.show_thought(thought, seconds, live=live)

    def _show_marks(self) -> None:
        self._mark(self._blocks.views)

    def _mark(self, blocks: Iterable[int]) -> None:
        """The last block waits while it grows: it is laid out anew at each frame."""
        starts = self._stream.starts
        waits = len(starts) - 1 if self._run or self._stream.share < 1 else -1
        views = {at: self._blocks.views[at] for at in blocks if at != waits}
        self._marks.show(self._message, views, starts)

    def _mark_later(self) -> None:
        """Marking reads the whole reply, so it does not happen at each frame."""
        if self._marks.shown and not self._mark_soon.isActive():
            self._mark_soon.start()

    def _relight(self, message_id: str) -> None:
        if message_id != self._message.id:
            return
        if self._run:
            self._mark_later()
        else:
            self._show_marks()

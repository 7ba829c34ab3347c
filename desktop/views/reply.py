"""A reply: its blocks, and under them one line with the chip, the speed and the actions."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import figures
from desktop.chat_model import ShownMessage
from desktop.conversations.query import Query
from desktop.conversations.values import MessageState
from desktop.message_actions import MessageActions
from desktop.reply_run import ReplyRun
from desktop.speech import spoken_text
from desktop.theme import Theme
from desktop.thought import Thought, reply_of, seconds_of, thought_of
from desktop.views.block_column import BlockColumn
from desktop.views.code_block import CodeView
from desktop.views.controls import IconButton, push_button
from desktop.views.markdown_blocks import MarkdownStream
from desktop.views.message_view import MessageView
from desktop.views.reply_line import ReplyLine
from desktop.views.text_block import TextBlock
from desktop.views.thinking import ThinkingView
from desktop.views.tree_marks import TokenMarks
from engine.language import tr

MARK_MS: Final = 500


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
    ) -> None:
        super().__init__(theme, shown.message, actions, parent)
        self._actions = actions
        self._marks = token_marks
        self._stream = MarkdownStream()
        self._thinking: ThinkingView | None = None
        self._blocks = BlockColumn(theme)
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
        self._streams = False
        self._mark_soon = QTimer(self, singleShot=True, interval=MARK_MS)
        self._mark_soon.timeout.connect(self._show_marks)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self._blocks)
        self._column.addWidget(self._line)

    def show_message(self, shown: ShownMessage, *, idle: bool) -> None:
        """Show a reply that has ended; `idle`: the engine can answer now."""
        self._message = shown.message
        text = reply_of(shown.message)
        self._blocks.show_blocks(self._stream.finish(text), growing=False)
        thought, known = thought_of(shown.message), shown.message.notes
        seconds = seconds_of(thought, known.origins, known.tokens_per_second) if known else None
        self._show_thought(thought, seconds, live=False)
        self._streams = False
        self._show_marks()
        self._name_by(text)
        self._again.setEnabled(idle)
        self._go_on.setVisible(not self._actions.why_not_on(shown.message))
        self.actions_row.setVisible(shown.message.state is not MessageState.STREAMING)
        self.branches.show_branch(shown.branch, shown.branches, enabled=idle)
        notes = shown.message.notes
        words = figures.note(shown.message.state, notes)
        self._line.show_words(figures.chip(notes) if notes else None, words)

    def show_run(self, run: ReplyRun) -> None:
        """Show a reply that streams."""
        self._message = run.message
        text = reply_of(run.message)
        self._blocks.show_blocks(self._stream.update(text), growing=True)
        thought, speed = thought_of(run.message), run.figures.tokens_per_second
        self._show_thought(thought, seconds_of(thought, run.origins, speed), live=True)
        self._streams = True
        self._mark_later()
        for widget in (self.actions_row, self.branches, self._go_on):
            widget.hide()
        self._line.show_words(figures.live_chip(run), figures.live_note(run))

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

    def blocks(self) -> Sequence[QWidget]:
        if self._edit_box:
            return (self._edit_box,)
        thinking = (self._thinking,) if self._thinking else ()
        return (*thinking, *self._blocks.views, self._line)

    def texts(self) -> Sequence[TextBlock]:
        views = self._blocks.views
        return [view.text if isinstance(view, CodeView) else view for view in views]

    def unfold(self, query: Query, number: int) -> int:
        for view in self._blocks.views:
            if isinstance(view, CodeView) and query.marks(view.shown_text):
                view.show_all()
        return self._thinking.unfold(query, number) if self._thinking else number

    def _show_thought(self, thought: Thought, seconds: float | None, *, live: bool) -> None:
        """Few replies have one, so there is no widget before it is needed."""
        if thought.text and not self._thinking:
            self._thinking = ThinkingView(self._theme)
            self._column.insertWidget(0, self._thinking)
        if self._thinking:
            self._thinking.show_thought(thought, seconds, live=live)

    def _show_marks(self) -> None:
        self._blocks.show_marks(self._message, self._marks, growing=self._streams)

    def _mark_later(self) -> None:
        """Marking reads the whole reply, so it does not happen at each frame."""
        if self._marks.shown and not self._mark_soon.isActive():
            self._mark_soon.start()

    def _relight(self, message_id: str) -> None:
        if message_id != self._message.id:
            return
        if self._streams:
            self._mark_later()
        else:
            self._show_marks()

"""A reply: its blocks, and under them one line with the chip, the speed and the actions."""

from collections.abc import Sequence

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop import figures
from desktop.chat_model import ShownMessage
from desktop.conversations.values import MessageState, StoredMessage
from desktop.message_actions import MessageActions
from desktop.reply_run import ReplyRun
from desktop.rounds import token_spans
from desktop.text_alignment import align, marks
from desktop.theme import Theme
from desktop.views.branch_switcher import BranchSwitcher
from desktop.views.code_block import CodeView
from desktop.views.controls import IconButton, push_button
from desktop.views.markdown_blocks import Block, CodeBlock, MarkdownStream, ProseBlock
from desktop.views.message_view import MessageView
from desktop.views.prose import ProseView
from desktop.views.reply_line import ReplyLine
from desktop.views.tree_marks import NO_MARKS, Marked, TokenMarks
from engine.language import tr

PROSE_WIDTH = 576


class BlockColumn(QWidget):
    """The blocks of one reply, one widget each; only what changed is laid out again.

    Signals:
        link_chosen(QUrl)
    """

    link_chosen = Signal(QUrl)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views: list[ProseView | CodeView] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    @property
    def views(self) -> Sequence[QWidget]:
        """The widgets of the blocks, from top to bottom."""
        return self._views

    def show_blocks(self, blocks: Sequence[Block], *, growing: bool) -> None:
        """Show `blocks`; while `growing` the last one has a caret and no colours yet."""
        for index, block in enumerate(blocks):
            last = growing and index == len(blocks) - 1
            view = self._view_for(index, block)
            if isinstance(view, CodeView) and isinstance(block, CodeBlock):
                view.show_block(block, colored=not last)
            elif isinstance(view, ProseView) and isinstance(block, ProseBlock):
                view.show_block(block, caret=last)
        for view in self._views[len(blocks) :]:
            self._drop(view)
        del self._views[len(blocks) :]

    def show_marks(self, message: StoredMessage, found: TokenMarks) -> None:
        """Mark the tokens of the blocks shown, or none where marks are not wanted."""
        spans = list(token_spans(found.origins(message))) if found.shown else []
        if not spans:
            self._clear_marks()
            return
        rounds, lit, start = found.rounds(message), found.lit_round(message.id), 0
        for view in self._views:
            places, start = align(message.text, start, view.shown_text)
            if isinstance(view, ProseView):
                view.show_marks(Marked(marks(places, view.shown_text, spans), lit, rounds))

    def _clear_marks(self) -> None:
        for view in self._views:
            if isinstance(view, ProseView):
                view.show_marks(NO_MARKS)

    def _view_for(self, index: int, block: Block) -> ProseView | CodeView:
        kind = CodeView if isinstance(block, CodeBlock) else ProseView
        if index < len(self._views):
            if isinstance(self._views[index], kind):
                return self._views[index]
            self._drop(self._views.pop(index))
        view = self._make(block)
        self._views.insert(index, view)
        self._column.insertWidget(index, view)
        return view

    def _make(self, block: Block) -> ProseView | CodeView:
        if isinstance(block, CodeBlock):
            return CodeView(self._theme)
        view = ProseView(self._theme)
        view.link_chosen.connect(self.link_chosen)
        if not block.is_table:
            view.setMaximumWidth(PROSE_WIDTH)
        return view

    def _drop(self, view: ProseView | CodeView) -> None:
        self._column.removeWidget(view)
        view.hide()
        view.deleteLater()


class Reply(MessageView):
    """One reply of the target.

    Signals besides `edited`:
        regenerate_asked(str): message id
        branch_stepped(str, int): message id and -1 or 1
        link_chosen(QUrl)
        tree_asked(str): message id
    """

    tree_asked = Signal(str)
    regenerate_asked = Signal(str)
    branch_stepped = Signal(str, int)
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
        self._blocks = BlockColumn(theme)
        self._blocks.link_chosen.connect(self.link_chosen)
        self._switcher = BranchSwitcher(theme)
        self._switcher.stepped.connect(self._step)
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
        self._line = ReplyLine(theme, self._go_on, self._switcher, self.actions_row)
        self._line.chip_chosen.connect(lambda: self.tree_asked.emit(self._message.id))
        token_marks.changed.connect(self._show_marks)
        token_marks.relit.connect(self._relight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._blocks)
        column.addWidget(self._line)

    def show_message(self, shown: ShownMessage, *, idle: bool) -> None:
        """Show a reply that has ended; `idle`: the engine can answer now."""
        self._message = shown.message
        self._blocks.show_blocks(self._stream.update(shown.message.text), growing=False)
        self._show_marks()
        self._again.setEnabled(idle)
        self._go_on.setVisible(not self._actions.why_not_on(shown.message))
        self.actions_row.setVisible(shown.message.state is not MessageState.STREAMING)
        self._switcher.show_branch(shown.branch, shown.branches, enabled=idle)
        notes = shown.message.notes
        words = figures.note(shown.message.state, notes)
        self._line.show_words(figures.chip(notes) if notes else None, words)

    def show_run(self, run: ReplyRun) -> None:
        """Show a reply that streams."""
        self._message = run.message
        self._blocks.show_blocks(self._stream.update(run.message.text), growing=True)
        self._show_marks()
        for widget in (self.actions_row, self._switcher, self._go_on):
            widget.hide()
        self._line.show_words(figures.live_chip(run), figures.live_note(run))

    @property
    def edit_words(self) -> tuple[str, str]:
        return tr("Edit the reply"), tr("Keep as new branch")

    def parts(self) -> Sequence[QWidget]:
        return (self._blocks, self._line)

    def blocks(self) -> Sequence[QWidget]:
        return (self._edit_box,) if self._edit_box else (*self._blocks.views, self._line)

    def _show_marks(self) -> None:
        self._blocks.show_marks(self._message, self._marks)

    def _relight(self, message_id: str) -> None:
        if message_id == self._message.id:
            self._show_marks()

    def _step(self, step: int) -> None:
        self.branch_stepped.emit(self._message.id, step)

"""One side of a comparison: who answers, what it says, how fast, and the button that keeps it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QProgressBar, QScrollArea, QVBoxLayout, QWidget

from desktop import figures
from desktop.comparison import Side
from desktop.conversations.values import StoredMessage, TextOrigins
from desktop.error_text import describe
from desktop.pair_words import pair_name, target_name
from desktop.profile_model import shown_name
from desktop.reply_run import ReplyRun
from desktop.theme import Theme
from desktop.thought import Thought, parts_of, seconds_of
from desktop.views.block_column import BlockColumn
from desktop.views.block_pool import BlockPool
from desktop.views.controls import SEMIBOLD, label, push_button
from desktop.views.leaving import Leaving
from desktop.views.markdown_blocks import MarkdownStream
from desktop.views.mode_menu import MODES
from desktop.views.reply_line import ReplyLine
from desktop.views.thinking import ThinkingView
from desktop.views.value_controls import ChoiceBox
from engine.errors import OutriderError
from engine.events import LoadProgress
from engine.language import tr

_FINE: Final = 1000
"""Steps of the bar."""


class Column(QWidget):
    """Signals:

    side_chosen: another pair answers here
    """

    side_chosen = Signal()

    def __init__(
        self, theme: Theme, sides: Sequence[Side], number: int, parent: QWidget | None = None
    ) -> None:
        """`number`: 0 for the first one."""
        super().__init__(parent)
        self._sides = sides
        self._stream = MarkdownStream()
        self.side = self._choice(theme, number)
        self._pair = label(theme, role="small", tone="muted")
        self._pair.setMinimumWidth(1)
        self._title = label(theme, weight=SEMIBOLD, wrap=True)
        self.words = label(theme, tone="muted", wrap=True)
        """What there is instead of an answer: why there is none yet, or none at all."""
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _FINE)
        self._bar.setAccessibleName(tr("Loading"))
        self._thinking = ThinkingView(theme)
        self._blocks = BlockColumn(theme, BlockPool(theme, Leaving()))
        self._line = ReplyLine(theme, opens=False)
        self.keep = push_button(theme, tr("Keep this answer"))
        self.keep.setAccessibleName(tr("Keep answer {number}").format(number=number + 1))
        self.area = QScrollArea()
        self.area.setAccessibleName(tr("Answer {number}").format(number=number + 1))
        self._lay_out()
        self.side.currentIndexChanged.connect(self._show_side)
        self._show_side()
        self.clear()

    @property
    def chosen(self) -> Side | None:
        """Who answers here; None where nobody could."""
        at = self.side.currentIndex()
        return self._sides[at] if 0 <= at < len(self._sides) else None

    def clear(self) -> None:
        """Show no answer."""
        self._stream = MarkdownStream()
        self._thinking.show_thought(Thought(), None, live=False)
        self._blocks.show_blocks([], growing=False)
        self._line.show_words(None, figures.NoteText())
        self.keep.setEnabled(False)
        self.keep.setText(tr("Keep this answer"))
        self.say("")

    def say(self, words: str, loaded: float | None = None, title: str = "") -> None:
        """Show words, and what share is `loaded`; those with a `title` tell of a failure."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self._bar.setVisible(loaded is not None)
        self._bar.setValue(round(_FINE * (loaded or 0)))

    def show_loading(self, progress: LoadProgress | None) -> None:
        """The models of this side are on their way."""
        side = self.chosen
        name = target_name(side.request.pair) if side else ""
        self.say(figures.loading(progress, name), progress.fraction if progress else 0)

    def show_run(self, run: ReplyRun) -> None:
        """Show an answer that streams."""
        self._show_text(run.message, run.origins, run.figures.tokens_per_second, live=True)
        self._line.show_words(figures.live_chip(run), figures.live_note(run))
        self.say("")

    def show_reply(self, reply: StoredMessage) -> None:
        """Show an answer that has ended; what there is of it can be kept."""
        notes = reply.notes
        origins, speed = (notes.origins, notes.tokens_per_second) if notes else ((), 0.0)
        self._show_text(reply, origins, speed, live=False)
        chip = figures.chip(notes) if notes else None
        self._line.show_words(chip, figures.note(reply.state, notes))
        self.say("" if reply.text.strip() else tr("There is no answer."))
        self.keep.setEnabled(bool(reply.text.strip()))

    def show_failure(self, error: OutriderError) -> None:
        """Say below what there is of an answer why there is no more of it."""
        text = describe(error)
        self.say(text.message, title=text.title)

    def show_kept(self) -> None:
        """It is in the conversation now."""
        self.keep.setEnabled(False)
        self.keep.setText(tr("Kept in the conversation"))

    def _choice(self, theme: Theme, number: int) -> ChoiceBox:
        """Those whose models are away can be seen, but not chosen."""
        names = {
            str(place): shown_name(side.name, side.missing)
            for place, side in enumerate(self._sides)
        }
        box = ChoiceBox(theme, tr("Pair {number}").format(number=number + 1), names)
        # The columns are as wide as the dialog lets them be, not as the longest name.
        box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        items = box.model()
        for place, side in enumerate(self._sides):
            box.setItemData(place, side.missing, Qt.ItemDataRole.ToolTipRole)
            if isinstance(items, QStandardItemModel):
                items.item(place).setEnabled(not side.missing)
        usable = [place for place, side in enumerate(self._sides) if not side.missing]
        box.setCurrentIndex(usable[min(number, len(usable) - 1)] if usable else -1)
        return box

    def _lay_out(self) -> None:
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.setSpacing(8)
        for part in (self._thinking, self._blocks, self._title, self.words, self._bar):
            inside.addWidget(part)
        inside.addStretch(1)
        self.area.setWidget(content)
        content.setAutoFillBackground(False)
        self.area.setWidgetResizable(True)
        self.area.setProperty("card", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.side)
        column.addWidget(self._pair)
        column.addWidget(self.area, 1)
        column.addWidget(self._line)
        column.addWidget(self.keep)

    def _show_side(self) -> None:
        side = self.chosen
        if side:
            mode = MODES[side.request.speculation.mode][0]
            words = tr("Mode: {mode}").format(mode=mode)
            self._pair.setText(f"{pair_name(side.request.pair)} · {words}")
        self.side_chosen.emit()

    def _show_text(
        self, reply: StoredMessage, origins: Sequence[TextOrigins], speed: float, *, live: bool
    ) -> None:
        thought, text = parts_of(reply)
        self._thinking.show_thought(thought, seconds_of(thought, origins, speed), live=live)
        self._blocks.show_blocks(self._stream.update(text), growing=live)
        self._blocks.build_all()

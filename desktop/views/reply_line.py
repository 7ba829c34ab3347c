"""The line under a reply: chip, figures, branches and actions. The figures are never cut."""

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.figures import ChipText, NoteText
from desktop.theme import Theme
from desktop.views.chip import StatusChip
from desktop.views.controls import label
from engine.language import tr

_HEIGHT: Final = 28
_GAP: Final = 10


class ReplyLine(QWidget):
    """Where space is short, the note drops what matters least first, then the chip is elided.

    Signals:
        chip_chosen: the details of the figures are wanted
    """

    chip_chosen = Signal()

    def __init__(self, theme: Theme, *ends: QWidget, opens: bool = True) -> None:
        """`ends`: what stands at the end of the line and keeps its size. `opens`: as the chip's."""
        super().__init__()
        self._ends = ends
        self._words = NoteText()
        self._chip = StatusChip(theme, opens=opens)
        self._chip.setAccessibleName(tr("How the reply was made"))
        self._chip.clicked.connect(self.chip_chosen)
        self._note = label(theme, role="small", tone="muted")
        self.setFixedHeight(_HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(_GAP)
        line.addWidget(self._chip)
        line.addWidget(self._note)
        line.addStretch(1)
        for widget in ends:
            line.addWidget(widget)

    def show_words(self, chip: ChipText | None, words: NoteText) -> None:
        """Show how the reply is made; call it after the ends were shown or hidden."""
        self._chip.setVisible(chip is not None)
        if chip:
            self._chip.show_text(chip)
        self._words = words
        self._note.setToolTip(words.whole)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - sum(
            widget.sizeHint().width() + _GAP for widget in self._ends if not widget.isHidden()
        )
        smallest = room
        if not self._chip.isHidden():
            room -= self._chip.sizeHint().width() + _GAP
            smallest -= self._chip.minimumSizeHint().width() + _GAP
        words = self._longest(room, smallest)
        self._note.setText(words)
        self._note.setFixedWidth(max(min(self._width(words), smallest), 0))

    def _longest(self, room: int, smallest: int) -> str:
        """All words beside the whole chip, or as many of the needed ones as the smallest leaves."""
        if self._width(self._words.whole) <= room:
            return self._words.whole
        needed = self._words.needed
        return next((words for words in needed if self._width(words) <= smallest), needed[-1])

    def _width(self, words: str) -> int:
        return self._note.fontMetrics().horizontalAdvance(words)

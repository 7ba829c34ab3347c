"""What stands where no message is yet: the pair and three examples, or how to begin."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.icons import application_icon
from desktop.pair_model import PairModel, Phase
from desktop.theme import Theme
from desktop.views.centered import centered_for_reading
from desktop.views.controls import SEMIBOLD, label, push_button
from engine.language import tr

EXAMPLES: Final = (
    tr("Explain in three sentences how tides work"),
    tr("Write a Python function that groups words by their first letter"),
    tr("Write a haiku about the sea"),
)
_ICON: Final = 52


class EmptyChat(QScrollArea):
    """The chat before its first message; scrolls where a long message leaves it little room.

    Signals:
        example_chosen(str): put this text into the composer
        models_asked: open the model dialog
    """

    example_chosen = Signal(str)
    models_asked = Signal()

    def __init__(self, theme: Theme, pair: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pair = pair
        self._line = label(theme, tone="muted", wrap=True)
        self._examples = [self._example(text) for text in EXAMPLES]
        self.choose_button = push_button(theme, tr("Choose models"), "primary")
        self.choose_button.clicked.connect(self.models_asked)
        self._lay_out()
        pair.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now."""
        loaded_or_coming = self._pair.phase is not Phase.EMPTY
        for example in self._examples:
            example.setVisible(loaded_or_coming)
            example.setEnabled(self._pair.phase is Phase.READY)
        self.choose_button.setVisible(not loaded_or_coming)
        self._line.setText(self._words())

    def _words(self) -> str:
        match self._pair.phase:
            case Phase.READY:
                target, draft = self._pair.target_label, self._pair.draft_label
                if draft:
                    return tr("{target} writes, and {draft} guesses ahead.").format(
                        target=target, draft=draft
                    )
                return tr("{target} writes, without a draft.").format(target=target)
            case Phase.LOADING:
                return tr("The model is loading. You can write already.")
        if self._pair.error:
            return self._pair.error.sentence
        return tr("No model is loaded. Choose one to start.")

    def _example(self, text: str) -> QWidget:
        button = push_button(self._theme, text, "prompt")
        button.clicked.connect(lambda: self.example_chosen.emit(text))
        return button

    def _lay_out(self) -> None:
        picture = QLabel()
        picture.setPixmap(self._application_icon())
        picture.setFixedWidth(_ICON)
        words = QVBoxLayout()
        words.setSpacing(2)
        title = label(
            self._theme,
            tr("Big models, on the computer you have"),
            "display",
            weight=SEMIBOLD,
            wrap=True,
        )
        words.addWidget(title)
        words.addWidget(
            label(
                self._theme,
                tr("A small model guesses ahead, the big one checks all guesses at once."),
                tone="muted",
                wrap=True,
            )
        )
        head = QHBoxLayout()
        head.setSpacing(20)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 24, 0, 24)
        rows.setSpacing(8)
        rows.addStretch(2)
        rows.addLayout(head)
        rows.addSpacing(16)
        rows.addWidget(self._line)
        rows.addSpacing(4)
        for example in self._examples:
            rows.addWidget(example)
        rows.addWidget(self.choose_button, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(3)
        inside = QWidget()
        inside.setLayout(centered_for_reading(self._theme, column))
        self.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _application_icon(self) -> QPixmap:
        return application_icon().pixmap(_ICON, _ICON)

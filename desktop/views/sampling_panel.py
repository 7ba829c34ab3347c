"""How tokens are chosen: each value with a name, what it does, and a way back to the usual."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import Theme
from desktop.views.controls import MEDIUM, IconButton, label
from desktop.views.layouts import set_margins
from desktop.views.value_controls import pad_number
from engine.config import SamplingConfig
from engine.language import tr

_MOST_TOKENS: Final = 1 << 20
_FIELD_WIDTH: Final = 112
_SEED: Final = QRegularExpression(r"\d{0,19}")

_ROWS: Final = (
    (
        "temperature",
        tr("Temperature"),
        tr("How freely words are chosen: 0 always takes the likeliest, 1 as the model learnt."),
    ),
    (
        "top_p",
        tr("Top-p"),
        tr("Only the likeliest words that together have this share of the chance. 1: all."),
    ),
    (
        "min_p",
        tr("Min-p"),
        tr("Leaves out words that are less likely than this share of the likeliest. 0: none."),
    ),
    (
        "top_k",
        tr("Top-k"),
        tr("Only so many of the likeliest words. 0: all."),
    ),
    (
        "max_tokens",
        tr("Longest reply, in tokens"),
        tr("Ends a reply that runs on; it can go on from there."),
    ),
    (
        "repeat_penalty",
        tr("Repetition penalty"),
        tr("Above 1, words of the last lines become less likely. 1: off."),
    ),
    (
        "presence_penalty",
        tr("Presence penalty"),
        tr("Makes every word that was said less likely, however often. 0: off."),
    ),
    (
        "frequency_penalty",
        tr("Frequency penalty"),
        tr("Makes a word less likely each time it was said. 0: off."),
    ),
    (
        "seed",
        tr("Seed"),
        tr("The same seed gives the same reply to the same text on this computer."),
    ),
    (
        "stop",
        tr("Stop at"),
        tr("The reply ends before any of these texts; a | stands between two."),
    ),
)
"""Each value with its name and what it does, the ones most often changed first."""

Field = QDoubleSpinBox | QSpinBox | QLineEdit


class SamplingPanel(QScrollArea):
    """Signals: edited, when a value was changed."""

    edited = Signal()

    def __init__(
        self,
        theme: Theme,
        sampling: SamplingConfig,
        usual: SamplingConfig,
        parent: QWidget | None = None,
    ) -> None:
        """`usual`: what "reset" goes back to."""
        super().__init__(parent)
        self.setAccessibleName(tr("Sampling"))
        self._usual = usual
        self._base = sampling
        """What no field shows stays as it is here."""
        self._fields: dict[str, Field] = {}
        self._resets: dict[str, IconButton] = {}
        content = QWidget()
        self._grid = QGridLayout(content)
        set_margins(self._grid, 0, 8, 8, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self.temperature = _fraction(most=2.0)
        self.top_k = _whole(least=0)
        self.top_p = _fraction()
        self.min_p = _fraction()
        self.repeat_penalty = _fraction(least=0.5, most=2.0)
        self.presence_penalty = _fraction(least=-2.0, most=2.0)
        self.frequency_penalty = _fraction(least=-2.0, most=2.0)
        self.max_tokens = _whole(least=1)
        self.seed = QLineEdit()
        self.seed.setValidator(QRegularExpressionValidator(_SEED, self.seed))
        self.seed.setPlaceholderText(tr("new each time"))
        self.stop = QLineEdit()
        self.stop.setPlaceholderText(tr("none"))
        for key, name, sentence in _ROWS:
            self._add(theme, key, name, sentence)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.show_sampling(sampling)

    @property
    def sampling(self) -> SamplingConfig:
        """What the fields say."""
        return replace(self._base, **{key: self._value(key) for key in self._fields})

    def show_sampling(self, sampling: SamplingConfig) -> None:
        """Put these values into the fields."""
        self._base = sampling
        for key in self._fields:
            self._put(key, getattr(sampling, key))
        self._refresh()

    def reset(self) -> None:
        """Go back to the usual values."""
        self.show_sampling(self._usual)
        self.edited.emit()

    def _add(self, theme: Theme, key: str, name: str, sentence: str) -> None:
        field: Field = getattr(self, key)
        field.setAccessibleName(name)
        field.setAccessibleDescription(sentence)
        field.setToolTip(sentence)
        theme.dress(field, "body")
        field.setFixedWidth(_FIELD_WIDTH)
        if not isinstance(field, QLineEdit):
            pad_number(field)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(theme, name, weight=MEDIUM))
        words.addWidget(label(theme, sentence, "small", tone="muted", wrap=True))
        back = IconButton(theme, "undo-2", tr("Reset {name}").format(name=name))
        back.clicked.connect(lambda: self._reset(key))
        row = len(self._fields)
        self._grid.addLayout(words, row, 0)
        self._grid.addWidget(back, row, 1)
        self._grid.addWidget(field, row, 2)
        self._fields[key], self._resets[key] = field, back
        self._changed_signal(field)(self._edited)

    def _changed_signal(self, field: Field) -> Callable[[Callable[[], None]], object]:
        changed: Any = field.textEdited if isinstance(field, QLineEdit) else field.valueChanged
        return lambda slot: changed.connect(lambda _: slot())

    def _edited(self) -> None:
        self._refresh()
        self.edited.emit()

    def _reset(self, key: str) -> None:
        self._put(key, getattr(self._usual, key))
        self._fields[key].setFocus()
        self._edited()

    def _refresh(self) -> None:
        for key, button in self._resets.items():
            button.setVisible(self._value(key) != getattr(self._usual, key))

    def _value(self, key: str) -> Any:  # noqa: ANN401 - as the field of the configuration
        match self._fields[key]:
            case QLineEdit() as line if key == "seed":
                return int(line.text()) if line.text() else None
            case QLineEdit() as line:
                parts = (part.replace("\\n", "\n") for part in line.text().split("|"))
                return tuple(part for part in parts if part)
            case field:
                shown = field.value()
                # A field shows two decimals; what was not changed keeps the others.
                exact = getattr(self._base, key)
                return exact if round(exact, 2) == shown else shown

    def _put(self, key: str, value: Any) -> None:  # noqa: ANN401 - as above
        match self._fields[key]:
            case QLineEdit() as line if key == "seed":
                line.setText("" if value is None else str(value))
            case QLineEdit() as line:
                line.setText("|".join(part.replace("\n", "\\n") for part in value))
            case field:
                field.setValue(value)


def _fraction(least: float = 0.0, most: float = 1.0) -> QDoubleSpinBox:
    return QDoubleSpinBox(decimals=2, minimum=least, maximum=most, singleStep=0.05)


def _whole(least: int) -> QSpinBox:
    field = QSpinBox(minimum=least, maximum=_MOST_TOKENS)
    field.setGroupSeparatorShown(True)
    return field

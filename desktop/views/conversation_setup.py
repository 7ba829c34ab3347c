"""How one conversation is answered: its system prompt, and its sampling if it has its own."""

from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.conversations.values import Setup
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, label, push_button
from engine.config import SamplingConfig
from engine.language import tr

_WIDTH: Final = 480
_PROMPT_HEIGHT: Final = 120
_MOST_TOKENS: Final = 1 << 20


class SetupDialog(QDialog):
    """Changes nothing until it is accepted; then `setup` says what is wanted."""

    def __init__(
        self, theme: Theme, setup: Setup, usual: SamplingConfig, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._sampling = setup.sampling or usual
        """What the fields do not show stays as it is."""
        self.setWindowTitle(tr("This conversation"))
        self.setMinimumWidth(_WIDTH)
        self.prompt = QPlainTextEdit(setup.system_prompt)
        theme.dress(self.prompt, "body")
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(_PROMPT_HEIGHT)
        self.prompt.setProperty("framed", "true")
        self.prompt.setPlaceholderText(
            tr("What the model should know or be, before the first message")
        )
        self.prompt.setAccessibleName(tr("System prompt"))
        self.own = QCheckBox(tr("Own sampling for this conversation"))
        theme.dress(self.own, "body")
        self.own.setAccessibleName(self.own.text())
        self.own.setChecked(setup.sampling is not None)
        self.temperature = _fraction(tr("Temperature"), self._sampling.temperature, most=2.0)
        self.top_p = _fraction(tr("Top-p"), self._sampling.top_p)
        self.min_p = _fraction(tr("Min-p"), self._sampling.min_p)
        self.top_k = _whole(tr("Top-k"), self._sampling.top_k, least=0)
        self.max_tokens = _whole(tr("Longest reply, in tokens"), self._sampling.max_tokens, least=1)
        self._lay_out(theme)
        self.own.toggled.connect(self._refresh)
        self._refresh()

    @property
    def setup(self) -> Setup:
        """What the fields say."""
        sampling = replace(
            self._sampling,
            temperature=self.temperature.value(),
            top_p=self.top_p.value(),
            min_p=self.min_p.value(),
            top_k=self.top_k.value(),
            max_tokens=self.max_tokens.value(),
        )
        own = sampling if self.own.isChecked() else None
        return Setup(self.prompt.toPlainText().strip(), own)

    def _lay_out(self, theme: Theme) -> None:
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 0)
        form.setSpacing(8)
        for field in self._fields():
            form.addRow(label(theme, field.accessibleName()), field)
        keep = push_button(theme, tr("Keep"), "primary")
        keep.setDefault(True)
        cancel = push_button(theme, tr("Cancel"))
        keep.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(theme, tr("System prompt"), weight=MEDIUM))
        column.addWidget(self.prompt)
        column.addWidget(self.own)
        column.addLayout(form)
        hint = tr(
            "It counts from the next reply on. Without its own sampling, the profile's counts."
        )
        column.addWidget(label(theme, hint, "small", tone="muted", wrap=True))
        column.addLayout(buttons)

    def _fields(self) -> tuple[QDoubleSpinBox | QSpinBox, ...]:
        return (self.temperature, self.top_k, self.top_p, self.min_p, self.max_tokens)

    def _refresh(self) -> None:
        for field in self._fields():
            field.setEnabled(self.own.isChecked())


def _fraction(name: str, value: float, most: float = 1.0) -> QDoubleSpinBox:
    box = QDoubleSpinBox(decimals=2, minimum=0.0, maximum=most, singleStep=0.05)
    box.setValue(value)
    box.setAccessibleName(name)
    return box


def _whole(name: str, value: int, least: int) -> QSpinBox:
    box = QSpinBox(minimum=least, maximum=_MOST_TOKENS)
    box.setValue(value)
    box.setAccessibleName(name)
    return box

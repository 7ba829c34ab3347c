"""How one conversation is answered: its system prompt, and its sampling if it has its own."""

from typing import Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.conversations.values import Setup
from desktop.presets import preset_of, presets
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, label, push_button, rule
from desktop.views.sampling_panel import SamplingPanel
from desktop.views.value_controls import ChoiceBox, TickBox
from engine.config import SamplingConfig
from engine.language import tr

_SIZE: Final = (520, 640)
_PROMPT_HEIGHT: Final = 96


class SetupDialog(QDialog):
    """Changes nothing until it is accepted; then `setup` says what is wanted."""

    def __init__(
        self, theme: Theme, setup: Setup, usual: SamplingConfig, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._usual = usual
        self.setWindowTitle(tr("This conversation"))
        self.resize(*_SIZE)
        words = {one.id: f"{one.name} \N{EN DASH} {one.description}" for one in presets()}
        self.preset = ChoiceBox(theme, tr("Preset"), {**words, "": tr("Own")})
        self.prompt = QPlainTextEdit(setup.system_prompt)
        theme.dress(self.prompt, "body")
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(_PROMPT_HEIGHT)
        self.prompt.setProperty("framed", "true")
        self.prompt.setPlaceholderText(
            tr("What the model should know or be, before the first message")
        )
        self.prompt.setAccessibleName(tr("System prompt"))
        self.own = TickBox(theme, tr("Own sampling for this conversation"))
        self.own.setChecked(setup.sampling is not None)
        self.panel = SamplingPanel(theme, setup.sampling or usual, usual)
        self.reset = push_button(theme, tr("Reset to default"), "quiet")
        self.reset.setToolTip(tr("No system prompt, and sampling as the profile says"))
        self._lay_out(theme)
        self._connect()
        self._refresh()

    @property
    def setup(self) -> Setup:
        """What the fields say."""
        own = self.panel.sampling if self.own.isChecked() else None
        return Setup(self.prompt.toPlainText().strip(), own)

    def show_setup(self, setup: Setup) -> None:
        """Put this into the fields."""
        self.prompt.setPlainText(setup.system_prompt)
        self.own.setChecked(setup.sampling is not None)
        self.panel.show_sampling(setup.sampling or self._usual)
        self._refresh()

    def _lay_out(self, theme: Theme) -> None:
        keep = push_button(theme, tr("Keep"), "primary")
        keep.setDefault(True)
        cancel = push_button(theme, tr("Cancel"))
        keep.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.reset)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(8)
        column.addWidget(label(theme, tr("Preset"), weight=MEDIUM))
        column.addWidget(self.preset)
        column.addSpacing(4)
        column.addWidget(label(theme, tr("System prompt"), weight=MEDIUM))
        column.addWidget(self.prompt)
        column.addSpacing(4)
        column.addWidget(self.own)
        column.addWidget(self.panel, 1)
        column.addWidget(rule())
        hint = tr(
            "It counts from the next reply on. Without its own sampling, the profile's counts."
        )
        column.addWidget(label(theme, hint, "small", tone="muted", wrap=True))
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.preset.activated.connect(self._take_preset)
        self.prompt.textChanged.connect(self._refresh)
        self.own.toggled.connect(self._refresh)
        self.panel.edited.connect(self._refresh)
        self.reset.clicked.connect(lambda: self.show_setup(Setup()))

    def _take_preset(self, row: int) -> None:
        wanted = self.preset.itemData(row)
        for preset in presets():
            if preset.id == wanted:
                self.show_setup(preset.setup)

    def _refresh(self) -> None:
        self.panel.setEnabled(self.own.isChecked())
        self.reset.setEnabled(self.setup != Setup())
        preset = preset_of(self.setup)
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(self.preset.findData(preset.id if preset else ""))

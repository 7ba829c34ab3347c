"""Below the shortcuts in the settings: all of them back at once."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.setting import Setting
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.controls import announce, label, push_button
from desktop.views.settings_parts import beside, paragraph
from desktop.views.wrapping_row import WrappingRow
from engine.errors import OutriderError
from engine.language import tr


class ShortcutsPart(QWidget):
    """Follows the settings: where nothing is changed, there is nothing to reset."""

    def __init__(self, theme: Theme, settings: Settings, table: Sequence[Setting[str]]) -> None:
        super().__init__()
        self._settings = settings
        self._table = table
        self._trouble = label(theme, role="small", tone="danger", wrap=True)
        self._trouble.hide()
        self.reset = push_button(theme, tr("Reset all shortcuts"))
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._reset_all)
        row = WrappingRow()
        said = tr("Shortcuts that were changed get the keys that they came with.")
        row.addWidget(beside(paragraph(theme, tr("All shortcuts"), said)))
        row.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 12)
        column.addLayout(row)
        column.addWidget(self._trouble)
        settings.changed.connect(self._allow)
        self._allow()

    def _reset_all(self) -> None:
        trouble = ""
        try:
            # Unchecked: what one gives up may be what another one gets back.
            for keys in self._table:
                self._settings.set(keys, keys.default)
        except OutriderError as error:
            trouble = error.sentence
            announce(self, trouble)
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))

    def _allow(self) -> None:
        self.reset.setEnabled(any(map(self._settings.is_changed, self._table)))

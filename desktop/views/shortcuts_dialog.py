"""What F1 shows: every shortcut, and the keys that are always the same."""

from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.actions import FIXED_KEYS, Actions, native, shown_keys
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label, panel, push_button, rule
from engine.language import tr

_SIZE: Final = (720, 560)


class ShortcutsDialog(QDialog):
    """Read here, changed in the settings."""

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        change: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWindowTitle(tr("Shortcuts"))
        self.resize(*_SIZE)
        inner = panel("surface", "shortcuts")
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(20, 20, 20, 20)
        columns.setSpacing(32)
        lists = [
            (group.value, [(one.words, shown_keys(one.entry)) for one in members])
            for group, members in actions.grouped.items()
        ]
        fixed = (tr("Always the same"), [(use, native(keys)) for keys, use in FIXED_KEYS.items()])
        columns.addLayout(self._column(lists))
        columns.addLayout(self._column([fixed]))
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Shortcuts"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(rule())
        column.addLayout(self._foot(change))

    def _column(self, lists: Iterable[tuple[str, list[tuple[str, str]]]]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(16)
        for heading, lines in lists:
            column.addLayout(self._list(heading, [line for line in lines if line[1]]))
        column.addStretch(1)
        return column

    def _list(self, heading: str, lines: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(self._theme, heading, "small", weight=SEMIBOLD, tone="muted"), 0, 0)
        for row, (words, keys) in enumerate(lines, 1):
            grid.addWidget(label(self._theme, words, wrap=True), row, 0)
            shown = label(self._theme, keys, tone="muted")
            grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)
        return grid

    def _foot(self, change: Callable[[], object]) -> QHBoxLayout:
        other = push_button(self._theme, tr("Change shortcuts…"))
        other.setAutoDefault(False)
        other.clicked.connect(self.accept)
        other.clicked.connect(lambda: change())  # noqa: PLW0108 - without "checked"
        close = push_button(self._theme, tr("Close"))
        close.clicked.connect(self.accept)
        close.setDefault(True)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 12, 20, 12)
        foot.addWidget(other)
        foot.addStretch(1)
        foot.addWidget(close)
        return foot

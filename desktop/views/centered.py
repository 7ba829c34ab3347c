"""The reading column: centred, never wider than it reads well."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.theme import Theme

SIDE_MARGIN = 20
_OUTWEIGH = 1000


def centered(column: QWidget, width: int) -> QHBoxLayout:
    """A layout that keeps `column` in the middle, at most `width` wide."""
    column.setMaximumWidth(width)
    row = QHBoxLayout()
    row.setContentsMargins(SIDE_MARGIN, 0, SIDE_MARGIN, 0)
    row.setSpacing(0)
    row.addStretch(1)
    row.addWidget(column, _OUTWEIGH)
    row.addStretch(1)
    return row


def left_when_centered(area: QWidget, width: int) -> int:
    """Where a column of this `width` begins in `area`, to the pixel as `centered` has it."""
    rest = area.width() - width
    return (rest if area.isRightToLeft() else rest + 1) // 2


def centered_for_reading(theme: Theme, column: QWidget) -> QHBoxLayout:
    """The same for messages, in each size of their text."""
    row = centered(column, theme.reading_column)
    theme.changed.connect(partial(_fit, theme, column))
    return row


def _fit(theme: Theme, column: QWidget) -> None:
    column.setMaximumWidth(theme.reading_column)

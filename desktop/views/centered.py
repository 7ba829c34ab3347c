"""The reading column: centred, never wider than it reads well."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

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

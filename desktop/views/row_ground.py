"""The ground of a row in a list: hovered, chosen, focused by the keyboard."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle

from desktop.theme import Theme

_BAR, _BAR_INSET = 3, 8
_BY_KEYS = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange


def is_focused(state: QStyle.StateFlag, *, has_focus: bool) -> bool:
    """Whether the keyboard put the focus on this row of a list that has it."""
    return has_focus and (state & _BY_KEYS) == _BY_KEYS


def paint_ground(
    painter: QPainter, theme: Theme, rect: QRect, state: QStyle.StateFlag, *, has_focus: bool
) -> None:
    """`has_focus`: the list has it."""
    radius = theme.tokens.radius["control"]
    selected = bool(state & QStyle.StateFlag.State_Selected)
    painter.setPen(Qt.PenStyle.NoPen)
    if selected or state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(theme.color("selected" if selected else "hover"))
        painter.drawRoundedRect(QRectF(rect), radius, radius)
    if selected:
        painter.setBrush(theme.color("accent"))
        bar = QRect(rect.left(), rect.top() + _BAR_INSET, _BAR, rect.height() - 2 * _BAR_INSET)
        bar = QStyle.visualRect(painter.layoutDirection(), rect, bar)
        painter.drawRoundedRect(QRectF(bar), _BAR / 2, _BAR / 2)
    if is_focused(state, has_focus=has_focus):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("focus_ring"), theme.tokens.size["focus_ring"]))
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius)

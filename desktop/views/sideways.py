"""Wheels over what scrolls sideways within a chat that scrolls up and down."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent


def scrolls_sideways(event: QWheelEvent) -> bool:
    """Whether a turn of the wheel is meant for the block and not for the chat."""
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return shifted or abs(event.angleDelta().x()) > abs(event.angleDelta().y())

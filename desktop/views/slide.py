"""Parts of the window that come in from a side, or are there at once if nothing is to move."""

from PySide6.QtCore import (
    QAbstractAnimation,
    QCoreApplication,
    QEasingCurve,
    QEvent,
    QPoint,
    QPropertyAnimation,
)
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme


def slide_in(theme: Theme, part: QWidget, *, from_end: bool) -> QPropertyAnimation | None:
    """Move `part` to its place from where a line begins, or ends; the motion, if there is one."""
    duration = theme.duration("panel")
    if not (duration and part.isVisible()):
        return None
    # What waits to be laid out would be in its place for a moment, and then begin to move.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    to_the_right = from_end is not part.isRightToLeft()
    away = QPoint(part.width() if to_the_right else -part.width(), 0)
    motion = QPropertyAnimation(part, b"pos", part)
    motion.setDuration(duration)
    motion.setEasingCurve(QEasingCurve.Type.OutCubic)
    motion.setStartValue(part.pos() + away)
    motion.setEndValue(part.pos())
    motion.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)
    return motion

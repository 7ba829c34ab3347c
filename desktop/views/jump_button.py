"""The way back to the end of the messages, round, with the count of what is new there."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, IconButton
from engine.language import tr, trn, whole

SIDE: Final = 32
_ICON: Final = 16
_AFTER: Final = 14
_ABOVE_BOTTOM: Final = 44


class JumpButton(IconButton):
    """An arrow, and words behind it where something is new; hidden at the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "arrow-down", tr("Jump to the end"), side=SIDE, parent=parent)
        self._words = ""
        self._list = parent
        self._seen = 0
        self._show_new(0)
        theme.changed.connect(self._show_again)
        self.hide()

    def follow(self, count: int, *, at_end: bool) -> None:
        """There are `count` messages, and the reader is at their end or not."""
        self._seen = count if at_end else min(self._seen, count)
        if count - self._seen != self._new:
            self._show_new(count - self._seen)
        self.move((self._list.width() - self.width()) // 2, self._list.height() - _ABOVE_BOTTOM)
        self.setVisible(not at_end)

    def _show_again(self) -> None:
        self._show_new(self._new)

    def _show_new(self, count: int) -> None:
        self._new = count
        self._words = trn("{n} new", "{n} new", count).format(n=whole(count)) if count else ""
        self.setAccessibleDescription(self._words)
        words = QFontMetricsF(self._font()).horizontalAdvance(self._words)
        self.setFixedWidth(SIDE + round(words + _AFTER) if count else SIDE)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("hover" if self.underMouse() else "raised"))
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(ground, ground.height() / 2, ground.height() / 2)
        tint = self._theme.color("text")
        inset = (SIDE - _ICON) / 2
        paint_icon(painter, "arrow-down", tint.name(), QRectF(inset, inset, _ICON, _ICON))
        painter.setPen(tint)
        painter.setFont(self._font())
        room = QRectF(self.rect()).adjusted(SIDE - 4, 0, 0, 0)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._words
        )
        painter.end()

    def _font(self) -> QFont:
        return self._theme.font("small", MEDIUM)

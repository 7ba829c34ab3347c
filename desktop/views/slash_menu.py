"""The list that opens behind a slash: commands and templates. The field keeps the focus."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.slash_commands import SlashCommand
from desktop.theme import Theme
from desktop.views.bidi import isolated
from desktop.views.controls import MEDIUM, announce
from desktop.views.conversation_rows import Index
from desktop.views.row_ground import paint_ground
from engine.language import tr

_ROW: Final = 32
_ACROSS: Final = 12
_MOST_ROWS: Final = 8
_FRAME: Final = 8


class _Rows(QStyledItemDelegate):
    """The name, and after it what it does."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        paint_ground(painter, self._theme, rect, state, has_focus=False)
        command: SlashCommand = index.data(Qt.ItemDataRole.UserRole)
        room = rect.adjusted(_ACROSS, 0, -_ACROSS, 0)
        taken = self._paint(painter, room, isolated(command.name), "text", option.direction)
        rest = QRect(room.left() + taken, room.top(), room.width() - taken, room.height())
        rest = QStyle.visualRect(option.direction, room, rest)
        self._paint(painter, rest, command.title, "muted", option.direction)
        painter.restore()

    def _paint(
        self,
        painter: QPainter,
        room: QRect,
        words: str,
        tone: str,
        direction: Qt.LayoutDirection,
    ) -> int:
        weight = MEDIUM if tone == "text" else self._theme.font("body").weight()
        painter.setFont(self._theme.font("body", weight))
        painter.setPen(self._theme.color(tone))
        start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, QStyle.visualAlignment(direction, start), shown)
        return painter.fontMetrics().horizontalAdvance(shown) + _ACROSS


class SlashMenu(QListWidget):
    """Stands above the field, over what is there.

    Signals:
        chosen(SlashCommand)
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, above: QWidget) -> None:
        """`above`: what it stands above, as wide as that."""
        super().__init__(above)
        self._above = above
        self.setProperty("framed", "true")
        self.setItemDelegate(_Rows(theme, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Commands"))
        self.itemClicked.connect(lambda _: self.choose())
        self.hide()

    def offer(self, commands: Sequence[SlashCommand]) -> None:
        """Show these, the first of them chosen; hide where there is none."""
        self.clear()
        for command in commands:
            item = QListWidgetItem(self)
            item.setData(Qt.ItemDataRole.UserRole, command)
            words = f"{command.name}, {command.title}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            item.setToolTip(command.title)
        if not commands:
            self.hide()
            return
        self._place(len(commands))
        self.show()
        self.raise_()
        self._go_to(0)

    def step(self, step: int) -> None:
        """Go so many rows down, around the ends."""
        self._go_to((self.currentRow() + step) % self.count())

    def choose(self) -> None:
        """Take the row that is chosen."""
        self.hide()
        self.chosen.emit(self.currentIndex().data(Qt.ItemDataRole.UserRole))

    def _go_to(self, row: int) -> None:
        self.setCurrentRow(row)
        announce(self, self.item(row).data(Qt.ItemDataRole.AccessibleTextRole))

    def _place(self, rows: int) -> None:
        # A child of the window: over the messages, and never wider than the field.
        window = self._above.window()
        if self.parent() is not window:
            self.setParent(window)
        top = self._above.mapTo(window, QPoint(0, 0))
        height = min(rows, _MOST_ROWS) * _ROW + _FRAME
        self.setGeometry(top.x(), max(0, top.y() - height - 4), self._above.width(), height)

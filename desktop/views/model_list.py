"""One column of the model dialog: rows like radio buttons, the unusable ones readable too."""

from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.icons import paint_icon
from desktop.model_choices import Badge, Choice, ModelRow
from desktop.theme import Theme
from desktop.views.controls import MEDIUM
from desktop.views.conversation_rows import Index

ROW: Final = 58
_LEFT: Final = 48
_RIGHT: Final = 14
_ROOT: Final = QModelIndex()
_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class _Role(IntEnum):
    ROW = Qt.ItemDataRole.UserRole


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ModelRow] = []

    def replace(self, rows: list[ModelRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.sentence
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        return row if role == _Role.ROW else None


class _RowPainter(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: "ModelListView") -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ModelRow = index.data(_Role.ROW)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the names of files run
        rect = option.rect.adjusted(1, 1, -1, -1)
        chosen = row.usable and self._view.is_chosen(row)
        current = bool(option.state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus()
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, chosen=chosen, hovered=hovered, current=current)
        if row.usable:
            self._paint_radio(painter, rect, chosen=chosen)
        top = QRect(rect.left() + _LEFT, rect.top() + 8, rect.width() - _LEFT - _RIGHT, 22)
        self._paint_first_line(painter, top, row)
        self._paint_second_line(painter, top.translated(0, 21), row)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRect, *, chosen: bool, hovered: bool, current: bool
    ) -> None:
        radius = self._theme.tokens.radius["block"]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if chosen:
            painter.setPen(QPen(self._theme.color("accent"), 1))
            painter.setBrush(self._theme.color("selected"))
        elif hovered:
            painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if current:
            width = self._theme.tokens.size["focus_ring"]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus_ring"), width))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius)

    def _paint_radio(self, painter: QPainter, rect: QRect, *, chosen: bool) -> None:
        circle = QRectF(rect.left() + 15, rect.top() + 11, 16, 16)
        painter.setPen(QPen(self._theme.color("accent" if chosen else "border_strong"), 1.5))
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(circle)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawEllipse(circle.adjusted(4, 4, -4, -4))

    def _paint_first_line(self, painter: QPainter, line: QRect, row: ModelRow) -> None:
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(line, _END, row.size)
        room = line.width() - painter.fontMetrics().horizontalAdvance(row.size) - 16
        tag_font = self._theme.font("code")
        tag_font.setPointSizeF(max(8.5, tag_font.pointSizeF() * 0.85))
        tag_room = QFontMetrics(tag_font).horizontalAdvance(row.quantization)
        font = self._theme.font("body", MEDIUM) if row.usable else self._theme.font("body")
        metrics = QFontMetrics(font)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, room - tag_room - 10)
        painter.setFont(font)
        painter.setPen(self._theme.color("text" if row.usable else "muted"))
        painter.drawText(line, _START, name)
        painter.setFont(tag_font)
        painter.setPen(self._theme.color("muted"))
        after_name = line.adjusted(metrics.horizontalAdvance(name) + 10, 0, 0, 0)
        painter.drawText(after_name, _START, row.quantization)

    def _paint_second_line(self, painter: QPainter, line: QRect, row: ModelRow) -> None:
        if row.badge:
            line = line.adjusted(self._paint_badge(painter, line, row.badge) + 10, 0, 0, 0)
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(row.reason, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, _START, words)

    def _paint_badge(self, painter: QPainter, line: QRect, badge: Badge) -> int:
        """Paint it at the start of `line`; its width."""
        color = self._theme.color(badge.tone)
        paint_icon(
            painter, badge.icon, color.name(), QRectF(line.left(), line.center().y() - 6, 13, 13)
        )
        painter.setFont(self._theme.font("small", MEDIUM))
        painter.setPen(color)
        painter.drawText(line.adjusted(17, 0, 0, 0), _START, badge.words)
        return 17 + painter.fontMetrics().horizontalAdvance(badge.words)


class ModelListView(QListView):
    """The rows of one column.

    Signals:
        chosen: the person chose another row
        accepted: a row was double clicked
    """

    chosen = Signal()
    accepted = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._rows = _Rows()
        self._choice: Choice = None
        self._has_choice = False
        self.setModel(self._rows)
        self.setItemDelegate(_RowPainter(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.clicked.connect(self._choose_index)
        self.doubleClicked.connect(self._accept)
        theme.changed.connect(self.viewport().update)

    def show_rows(self, rows: list[ModelRow]) -> None:
        """Replace the rows; the choice and the place of the keyboard stay."""
        line = self.currentIndex().row()
        self._rows.replace(rows)
        self.setCurrentIndex(self._rows.index(line))

    def choose(self, choice: Choice) -> None:
        """Choose a row; one that is not there (yet) is chosen as soon as it is."""
        self._choice, self._has_choice = choice, True
        self.viewport().update()

    @property
    def choice(self) -> Choice:
        """What is chosen, in the list or not (yet)."""
        return self._choice

    def chosen_row(self) -> ModelRow | None:
        """The chosen row, if it is there and can be used."""
        return next((row for row in self._rows.rows if row.usable and self.is_chosen(row)), None)

    def is_chosen(self, row: ModelRow) -> bool:
        """Whether `row` is the choice."""
        return self._has_choice and row.choice == self._choice

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Arrow keys choose, as they do among radio buttons."""
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._choose_index(current)

    def _choose_index(self, index: Index) -> None:
        row = index.data(_Role.ROW)
        if row and row.usable and not self.is_chosen(row):
            self.choose(row.choice)
            self.chosen.emit()

    def _accept(self, index: QModelIndex) -> None:
        if index.data(_Role.ROW).usable:
            self.accepted.emit()

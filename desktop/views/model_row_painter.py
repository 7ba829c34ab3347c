"""Paints the rows of the model lists: name and size above, badge and reason below."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.fit_badges import Badge
from desktop.icons import paint_icon
from desktop.model_choices import ModelRow
from desktop.theme import Theme
from desktop.views.bidi import isolated
from desktop.views.controls import MEDIUM
from desktop.views.conversation_rows import Index

if TYPE_CHECKING:
    from desktop.views.model_list import ModelListView

ROW: Final = 58
MODEL_ROW: Final = Qt.ItemDataRole.UserRole
_LEFT: Final = 48
_RIGHT: Final = 14
_LINE: Final = 22
_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class ModelRowPainter(QStyledItemDelegate):
    """Two lines for a row: radio, name and size; badge and reason."""

    def __init__(self, theme: Theme, view: "ModelListView") -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def menu_area(self, row: QRect) -> QRect:
        """Where the dots are painted that open the menu of a row."""
        return self._seen(row, _menu_area(row))

    def action_area(self, row: QRect, shown: ModelRow) -> QRect:
        """Where the words are painted that do something about a row; empty without any."""
        return self._seen(row, self._action_area(row, shown))

    def _action_area(self, row: QRect, shown: ModelRow) -> QRect:
        if not shown.action:
            return QRect()
        width = QFontMetrics(self._theme.font("small", MEDIUM)).horizontalAdvance(shown.action)
        end = _menu_area(row).left() if self._view.has_menu(shown) else row.right() - _RIGHT
        return QRect(end - width, row.bottom() - 30, width, 28)

    def _seen(self, row: QRect, area: QRect) -> QRect:
        """Where an area is that was reckoned from the side where reading begins."""
        return QStyle.visualRect(self._view.layoutDirection(), row, area)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, self._theme.scaled(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ModelRow = index.data(MODEL_ROW)
        painter.setLayoutDirection(self._view.layoutDirection())
        rect = option.rect.adjusted(1, 1, -1, -1)
        chosen = row.usable and self._view.is_chosen(row)
        current = bool(option.state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus()
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, chosen=chosen, hovered=hovered, current=current)
        if row.usable and self._view.has_radios:
            circle = QRect(rect.left() + 15, rect.top() + 11, 16, 16)
            self._paint_radio(painter, QRectF(self._seen(rect, circle)), chosen=chosen)
        with_menu = self._view.has_menu(row) and (hovered or current)
        if with_menu:
            self._paint_dots(painter, option.rect)
        left = _LEFT if self._view.has_radios else _RIGHT
        line = self._theme.scaled(_LINE)
        top = QRect(rect.left() + left, rect.top() + 8, rect.width() - left - _RIGHT, line)
        self._paint_first_line(painter, rect, top, row)
        below = top.translated(0, line - 1).adjusted(0, 0, -24 if with_menu else 0, 0)
        if row.action:
            below.setRight(self._action_area(option.rect, row).left() - 8)
            self._paint_action(painter, self.action_area(option.rect, row), row.action)
        self._paint_second_line(painter, rect, below, row)
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

    def _paint_radio(self, painter: QPainter, circle: QRectF, *, chosen: bool) -> None:
        painter.setPen(QPen(self._theme.color("accent" if chosen else "border_strong"), 1.5))
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(circle)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawEllipse(circle.adjusted(4, 4, -4, -4))

    def _paint_first_line(self, painter: QPainter, area: QRect, line: QRect, row: ModelRow) -> None:
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(self._seen(area, line), _END, isolated(row.size))
        room = line.width() - painter.fontMetrics().horizontalAdvance(row.size) - 16
        tag_font = self._theme.font("mono")
        tag_font.setPointSizeF(max(8.5, tag_font.pointSizeF() * 0.85))
        tag_room = QFontMetrics(tag_font).horizontalAdvance(row.quantization)
        font = self._theme.font("body", MEDIUM) if row.usable else self._theme.font("body")
        metrics = QFontMetrics(font)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, room - tag_room - 10)
        painter.setFont(font)
        painter.setPen(self._theme.color("text" if row.usable else "muted"))
        painter.drawText(self._seen(area, line), _START, isolated(name))
        painter.setFont(tag_font)
        painter.setPen(self._theme.color("muted"))
        after_name = line.adjusted(metrics.horizontalAdvance(name) + 10, 0, 0, 0)
        painter.drawText(self._seen(area, after_name), _START, isolated(row.quantization))

    def _paint_second_line(
        self, painter: QPainter, area: QRect, line: QRect, row: ModelRow
    ) -> None:
        if row.badge:
            width = self._paint_badge(painter, area, line, row.badge)
            line = line.adjusted(width + 10, 0, 0, 0)
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(row.reason, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(self._seen(area, line), _START, isolated(words))

    def _paint_badge(self, painter: QPainter, area: QRect, line: QRect, badge: Badge) -> int:
        """Paint it at the start of `line`; its width."""
        color = self._theme.color(badge.tone)
        icon = self._seen(area, QRect(line.left(), line.center().y() - 6, 13, 13))
        paint_icon(painter, badge.icon, color.name(), QRectF(icon))
        painter.setFont(self._theme.font("small", MEDIUM))
        painter.setPen(color)
        words = self._seen(area, line.adjusted(17, 0, 0, 0))
        painter.drawText(words, _START, isolated(badge.words))
        return 17 + painter.fontMetrics().horizontalAdvance(badge.words)

    def _paint_action(self, painter: QPainter, area: QRect, words: str) -> None:
        painter.setFont(self._theme.font("small", MEDIUM))
        painter.setPen(self._theme.color("accent"))
        painter.drawText(area, _START, isolated(words))

    def _paint_dots(self, painter: QPainter, row: QRect) -> None:
        square = QRectF(0, 0, 16, 16)
        square.moveCenter(QRectF(self.menu_area(row)).center())
        paint_icon(painter, "ellipsis", self._theme.color("muted").name(), square)


def _menu_area(row: QRect) -> QRect:
    return QRect(row.right() - 34, row.bottom() - 28, 28, 24)

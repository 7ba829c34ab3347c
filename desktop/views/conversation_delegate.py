"""Paints the rows of the sidebar and edits a title in place."""

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.icons import paint_icon
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, SEMIBOLD
from desktop.views.conversation_rows import Index, RowRole

_PADDING: Final = 8
_MARK: Final = 16
_DOT: Final = 8
_MORE: Final = 28
_MOST_TITLE: Final = 200


class ConversationDelegate(QStyledItemDelegate):
    """One row: title, a mark for a streaming or half reply, "…" under the pointer.

    Signals:
        menu_asked(QModelIndex): the "…" of a row was clicked
    """

    menu_asked = Signal(QModelIndex)

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        row = self._theme.tokens.row_height["comfortable"]
        heading = index.data(RowRole.CONVERSATION_ID) is None
        return QSize(0, row + 2 if heading and index.row() else row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        if index.data(RowRole.CONVERSATION_ID) is None:
            self._paint_heading(painter, rect, str(index.data()))
        else:
            self._paint_row(painter, rect, option, index)
        painter.restore()

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFont(self._theme.font("body"))
        editor.setMaxLength(_MOST_TITLE)
        editor.setAccessibleName("Title of the conversation")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The list changes while a reply streams; what is typed here stays."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data()))
            editor.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect)

    def editorEvent(
        self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonRelease:
            rect: QRect = option.rect
            on_more = _more_rect(rect).contains(event.position().toPoint())
            if on_more and index.data(RowRole.CONVERSATION_ID):
                self.menu_asked.emit(index)
                return True
        return super().editorEvent(event, model, option, index)  # type: ignore[arg-type]

    def _paint_heading(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setFont(self._theme.font("small", SEMIBOLD))
        painter.setPen(self._theme.color("muted"))
        words = rect.adjusted(_PADDING, 0, -_PADDING, -4)
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_row(
        self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index
    ) -> None:
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        by_keys = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        focused = (state & by_keys) == by_keys and self._view.hasFocus()
        self._paint_ground(painter, rect, selected=selected, hovered=hovered, focused=focused)
        room = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if hovered or (focused and selected):
            paint_icon(painter, "ellipsis", self._color("muted"), QRectF(_icon_rect(rect)))
            room.setRight(_more_rect(rect).left())
        elif self._paint_mark(painter, rect, index):
            room.setRight(_icon_rect(rect).left() - 4)
        self._paint_title(painter, room, str(index.data()), MEDIUM if selected else None)

    def _paint_ground(
        self, painter: QPainter, rect: QRect, *, selected: bool, hovered: bool, focused: bool
    ) -> None:
        radius = self._theme.tokens.radius["control"]
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(self._theme.color("selected" if selected else "hover"))
            painter.drawRoundedRect(QRectF(rect), radius, radius)
        if selected:
            painter.setBrush(self._theme.color("accent"))
            bar = QRectF(rect.left(), rect.top() + 8, 3, rect.height() - 16)
            painter.drawRoundedRect(bar, 1.5, 1.5)
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(self._theme.color("focus_ring"))
            pen.setWidth(self._theme.tokens.size["focus_ring"])
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius)

    def _paint_mark(self, painter: QPainter, rect: QRect, index: Index) -> bool:
        """The dot of a reply that streams, or the triangle of a half one."""
        where = _icon_rect(rect)
        if index.data(RowRole.STREAMING):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            dot = QRectF(0, 0, _DOT, _DOT)
            dot.moveCenter(QRectF(where).center())
            painter.drawEllipse(dot)
            return True
        if index.data(RowRole.INTERRUPTED):
            paint_icon(painter, "triangle-alert", self._color("warning"), QRectF(where))
            return True
        return False

    def _paint_title(
        self, painter: QPainter, room: QRect, title: str, weight: QFont.Weight | None
    ) -> None:
        painter.setFont(self._theme.font("body", weight or QFont.Weight.Normal))
        painter.setPen(self._theme.color("text"))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def _color(self, tint: str) -> str:
        return self._theme.color(tint).name()


def _icon_rect(row: QRect) -> QRect:
    return QRect(
        row.right() - _PADDING - _MARK + 1, row.center().y() - _MARK // 2 + 1, _MARK, _MARK
    )


def _more_rect(row: QRect) -> QRect:
    return QRect(row.right() - _MORE, row.top(), _MORE, row.height())

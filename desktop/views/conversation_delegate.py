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
from desktop.views.bidi import isolated
from desktop.views.controls import MEDIUM, SEMIBOLD
from desktop.views.conversation_rows import Index, RowRole
from desktop.views.row_ground import is_focused, paint_ground
from engine.language import tr

_PADDING: Final = 8
_MARK: Final = 16
_DOT: Final = 8
_MORE: Final = 28
_INDENT: Final = 16
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
        row = self._theme.row_height
        return QSize(0, row + 2 if _is_heading(index) and index.row() else row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        rect: QRect = option.rect
        if _is_heading(index):
            self._paint_heading(painter, rect, str(index.data()))
        else:
            self._paint_row(painter, rect, option, index)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        self._theme.dress(editor, "body")
        editor.setMaxLength(_MOST_TITLE)
        folder = index.data(RowRole.FOLDER_ID) is not None
        editor.setAccessibleName(
            tr("Name of the folder") if folder else tr("Title of the conversation")
        )
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
            more = QStyle.visualRect(option.direction, rect, _more_rect(rect))
            on_more = more.contains(event.position().toPoint())
            if on_more and not _is_heading(index):
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
        focused = is_focused(state, has_focus=self._view.hasFocus())
        selected = bool(state & QStyle.StateFlag.State_Selected)
        paint_ground(painter, self._theme, rect, state, has_focus=self._view.hasFocus())
        room = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        room.setLeft(room.left() + self._paint_start(painter, rect, index))
        if state & QStyle.StateFlag.State_MouseOver or (focused and selected):
            self._paint_icon(painter, rect, "ellipsis", "muted", _icon_rect(rect))
            room.setRight(_more_rect(rect).left())
        elif self._paint_mark(painter, rect, index):
            room.setRight(_icon_rect(rect).left() - 4)
        folder = index.data(RowRole.FOLDER_ID) is not None
        self._paint_title(
            painter,
            QStyle.visualRect(painter.layoutDirection(), rect, room),
            str(index.data()),
            SEMIBOLD if index.data(RowRole.UNREAD) else MEDIUM if selected or folder else None,
        )

    def _paint_start(self, painter: QPainter, rect: QRect, index: Index) -> int:
        """What stands before the title, and how much room it takes."""
        if index.data(RowRole.FOLDER_ID) is None:
            return _INDENT if index.data(RowRole.INSIDE) else 0
        chevron = "chevron-right" if index.data(RowRole.FOLDED) else "chevron-down"
        square = QRect(rect.left() + 4, rect.center().y() - _MARK // 2 + 1, _MARK, _MARK)
        if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            chevron = chevron.replace("right", "left")
        self._paint_icon(painter, rect, chevron, "muted", square)
        return _MARK

    def _paint_icon(
        self, painter: QPainter, row: QRect, icon: str, tint: str, square: QRect
    ) -> None:
        where = QStyle.visualRect(painter.layoutDirection(), row, square)
        paint_icon(painter, icon, self._color(tint), QRectF(where))

    def _paint_mark(self, painter: QPainter, rect: QRect, index: Index) -> bool:
        """The dot of a reply that streams, the triangle of a half one, or a pin."""
        where = QStyle.visualRect(painter.layoutDirection(), rect, _icon_rect(rect))
        if index.data(RowRole.STREAMING):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            dot = QRectF(0, 0, _DOT, _DOT)
            dot.moveCenter(QRectF(where).center())
            painter.drawEllipse(dot)
        elif index.data(RowRole.INTERRUPTED):
            paint_icon(painter, "triangle-alert", self._color("warning"), QRectF(where))
        elif index.data(RowRole.PINNED):
            paint_icon(painter, "pin", self._color("muted"), QRectF(where))
        else:
            return False
        return True

    def _paint_title(
        self, painter: QPainter, room: QRect, title: str, weight: QFont.Weight | None
    ) -> None:
        painter.setFont(self._theme.font("body", weight or QFont.Weight.Normal))
        painter.setPen(self._theme.color("text"))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        at_start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, at_start, isolated(words))

    def _color(self, tint: str) -> str:
        return self._theme.color(tint).name()


def _is_heading(index: Index) -> bool:
    return index.data(RowRole.CONVERSATION_ID) is None and index.data(RowRole.FOLDER_ID) is None


def _icon_rect(row: QRect) -> QRect:
    return QRect(
        row.right() - _PADDING - _MARK + 1, row.center().y() - _MARK // 2 + 1, _MARK, _MARK
    )


def _more_rect(row: QRect) -> QRect:
    return QRect(row.right() - _MORE, row.top(), _MORE, row.height())

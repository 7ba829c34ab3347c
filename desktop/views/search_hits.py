"""What a search found: two lines for each hit, with the words that were looked for in bold."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.conversations.query import Query, Snippet
from desktop.conversations.search import Hit
from desktop.theme import Theme
from desktop.views.conversation_rows import UNTITLED, Index
from desktop.views.row_ground import paint_ground
from desktop.views.search_marks import NOTHING, paint_marked, visible_part
from engine.language import tr

_ROOT: Final = QModelIndex()
_ACROSS, _ABOVE = 8, 6
_ROW_GAP: Final = 2


class HitRole(IntEnum):
    """What the delegate asks for."""

    HIT = Qt.ItemDataRole.UserRole
    TITLE = Qt.ItemDataRole.UserRole + 1
    DETAIL = Qt.ItemDataRole.UserRole + 2


class HitRows(QAbstractListModel):
    """The hits of one search."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits: Sequence[Hit] = ()
        self._query = NOTHING

    def show(self, hits: Sequence[Hit], query: Query) -> None:
        """Show other hits."""
        self.beginResetModel()
        self._hits, self._query = hits, query
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        return self._facts(self._hits[index.row()]).get(role)

    def _facts(self, hit: Hit) -> dict[int, object]:
        title = hit.title or UNTITLED
        return {
            HitRole.HIT: hit,
            HitRole.TITLE: Snippet(title, tuple(self._query.marks(title))),
            HitRole.DETAIL: _detail(hit),
            Qt.ItemDataRole.DisplayRole: title,
            Qt.ItemDataRole.AccessibleTextRole: f"{title}: {_detail(hit).text}",
        }


class HitDelegate(QStyledItemDelegate):
    """Title, and under it the words around the hit, or the day of a title's conversation."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        lines = self._theme.line_height("body") + self._theme.line_height("small")
        return QSize(0, lines + 2 * _ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        paint_ground(painter, self._theme, rect, state, has_focus=self._view.hasFocus())
        text, muted = self._theme.color("text"), self._theme.color("muted")
        room = QRectF(rect).adjusted(_ACROSS, _ABOVE, -_ACROSS, 0)
        room.setHeight(self._theme.line_height("body"))
        paint_marked(
            painter, room, index.data(HitRole.TITLE), self._theme.font("body"), (text, text)
        )
        room.translate(0, room.height())
        room.setHeight(self._theme.line_height("small"))
        detail = visible_part(index.data(HitRole.DETAIL))
        paint_marked(painter, room, detail, self._theme.font("small"), (muted, text))
        painter.restore()


class HitList(QListView):
    """Signals: chosen(Hit), left: Up on the first hit or Esc."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = HitRows(self)
        self.setModel(self.rows)
        self.setItemDelegate(HitDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSpacing(_ROW_GAP // 2)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(tr("Found"))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        theme.changed.connect(self.doItemsLayout)

    def go_in(self) -> None:
        """Take the focus, on the first hit."""
        if self.rows.rowCount():
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.setCurrentIndex(self.rows.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        on_first = event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0
        if on_first or event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(HitRole.HIT)
        if hit:
            self.chosen.emit(hit)


def _detail(hit: Hit) -> Snippet:
    if hit.message_id is not None:
        return hit.snippet
    day = datetime.fromtimestamp(hit.at).astimezone()
    return Snippet(f"{day.day} {day:%B %Y}", ())

"""The command palette: one field, and below it what the letters typed may mean."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.conversations.query import Mark, Snippet
from desktop.icons import themed_icon
from desktop.palette import Entry, Offered, Recent, offer
from desktop.theme import Theme
from desktop.views.controls import announce, label
from desktop.views.conversation_rows import Index
from desktop.views.row_ground import paint_ground
from desktop.views.search_marks import paint_marked
from engine.language import tr

_WIDTH: Final = 560
_ROWS: Final = 9
_FROM_TOP: Final = 72
_ACROSS: Final = 12
_OFFERED: Final = Qt.ItemDataRole.UserRole
_IN_THE_LIST: Final = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


def _window_kind() -> Qt.WindowType:
    """A popup, where one opens in answer to a shortcut.

    On Wayland the desktop allows popups in answer to a press only, and some forget that of a key
    which is pressed together with another one.
    """
    wayland = QGuiApplication.platformName().startswith("wayland")
    return Qt.WindowType.Dialog if wayland else Qt.WindowType.Popup


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._offered: Sequence[Offered] = ()

    def show(self, offered: Sequence[Offered]) -> None:
        self.beginResetModel()
        self._offered = offered
        self.endResetModel()

    def rowCount(self, _parent: Index | None = None) -> int:
        return len(self._offered)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        offered = self._offered[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return offered.entry.words
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{offered.entry.words}, {offered.entry.detail}"
            case _ if role == _OFFERED:
                return offered
        return None


class _Delegate(QStyledItemDelegate):
    """The words, the letters that were typed bold; at the end what kind of thing it is."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, self._theme.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        rect: QRect = option.rect
        paint_ground(painter, self._theme, rect, option.state, has_focus=False)
        offered: Offered = index.data(_OFFERED)
        room = QRectF(rect).adjusted(_ACROSS, 0, -_ACROSS, 0)
        detail = self._paint_detail(painter, room, offered.entry.detail)
        self._paint_words(painter, room, offered, option.direction, detail)
        painter.restore()

    def _paint_detail(self, painter: QPainter, room: QRectF, detail: str) -> int:
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, end, detail)
        return QFontMetrics(painter.font()).horizontalAdvance(detail) + _ACROSS

    def _paint_words(
        self,
        painter: QPainter,
        room: QRectF,
        offered: Offered,
        direction: Qt.LayoutDirection,
        taken: int,
    ) -> None:
        is_mirrored = direction is Qt.LayoutDirection.RightToLeft
        words = room.adjusted(taken, 0, 0, 0) if is_mirrored else room.adjusted(0, 0, -taken, 0)
        font = self._theme.font("body")
        words.adjust(0, (words.height() - QFontMetrics(font).height()) / 2, 0, 0)
        marks = tuple(Mark(at, at + 1) for at in offered.positions)
        text = self._theme.color("text")
        paint_marked(painter, words, Snippet(offered.entry.words, marks), font, (text, text))


class PaletteDialog(QDialog):
    """Type, go up and down, Enter. Esc leaves."""

    def __init__(
        self,
        theme: Theme,
        entries: Sequence[Entry],
        recent: Recent,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, _window_kind() | Qt.WindowType.FramelessWindowHint)
        self._entries = entries
        self._recent = recent
        self._theme = theme
        self.setWindowTitle(tr("Command palette"))
        self.setProperty("card", "true")
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Do, open or set something"))
        self.field.setAccessibleName(tr("Command palette"))
        theme.dress(self.field, "heading")
        icon = themed_icon(theme, "search")
        self.field.addAction(icon, QLineEdit.ActionPosition.LeadingPosition)
        self.list = QListView()
        self._rows = _Rows(self.list)
        self._nothing = label(theme, tr("Nothing has these letters."), tone="muted")
        self._nothing.setContentsMargins(_ACROSS, 8, _ACROSS, 8)
        self._set_up_list()
        self._lay_out()
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._run)
        self._find("")
        self.field.setFocus()

    def open(self) -> None:
        """In the upper middle of the window."""
        window = self.parentWidget()
        self.setFixedWidth(min(_WIDTH, window.width() - 32) if window else _WIDTH)
        self.adjustSize()
        if window:
            middle = (window.width() - self.width()) // 2
            self.move(window.mapToGlobal(window.rect().topLeft()))
            self.move(self.x() + middle, self.y() + _FROM_TOP)
        self.show()

    def event(self, event: QEvent) -> bool:
        """A click elsewhere closes it, as it would close a popup."""
        if event.type() is QEvent.Type.WindowDeactivate:
            self.reject()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list work while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in _IN_THE_LIST:
                self._move(event.key())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    @property
    def offered(self) -> list[str]:
        """The words of what is listed."""
        return [str(self._rows.index(row).data()) for row in range(self._rows.rowCount())]

    def _set_up_list(self) -> None:
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Delegate(self._theme, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("Found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(_ROWS * self._theme.row_height)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self._nothing)
        column.addWidget(self.list)

    def _find(self, query: str) -> None:
        self._rows.show(offer(self._entries, self._recent, query))
        found = self._rows.rowCount() > 0
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        if found:
            self._choose(0)

    def _move(self, key: int) -> None:
        far = {Qt.Key.Key_PageUp: -_ROWS, Qt.Key.Key_PageDown: _ROWS}
        near = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = {**far, **near}[Qt.Key(key)]
        row = self.list.currentIndex().row() + step
        self._choose(max(0, min(row, self._rows.rowCount() - 1)))

    def _choose(self, row: int) -> None:
        index = self._rows.index(row)
        self.list.setCurrentIndex(index)
        if index.isValid():
            announce(self.field, str(index.data(Qt.ItemDataRole.AccessibleTextRole)))

    def _run(self, index: QModelIndex) -> None:
        offered: Offered | None = index.data(_OFFERED)
        if offered:
            self._recent.add(offered.entry.id)
            self.accept()
            offered.entry.run()

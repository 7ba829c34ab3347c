"""A list of models: rows like radio buttons, the unusable ones readable too."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView

from desktop.model_choices import Choice, ModelRow, RowFilter
from desktop.theme import Theme
from desktop.views.conversation_rows import Index
from desktop.views.model_row_painter import MODEL_ROW, ModelRowPainter

_ROOT: Final = QModelIndex()


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[ModelRow] = ()

    def replace(self, rows: Sequence[ModelRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def update(self, rows: Sequence[ModelRow]) -> bool:
        """Take over what is said of the same rows; False, and nothing changed, if they differ."""
        if [row.choice for row in rows] != [row.choice for row in self.rows]:
            return False
        changed = [
            i for i, (new, old) in enumerate(zip(rows, self.rows, strict=True)) if new != old
        ]
        self.rows = rows
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
        return True

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
        return row if role == MODEL_ROW else None


class ModelListView(QListView):
    """One column of rows, or those of them that a filter lets through.

    Signals:
        chosen: the person chose another row
        accepted: a row was double clicked, or Enter was pressed on it
        menu_asked(ModelRow, QPoint): what can be done with a row, to be shown at a place
        action_asked(ModelRow): do what the row offers: its words were clicked, or Enter on it
    """

    chosen = Signal()
    accepted = Signal()
    menu_asked = Signal(object, QPoint)
    action_asked = Signal(object)

    def __init__(self, theme: Theme, name: str, *, radios: bool = True, menus: bool = True) -> None:
        super().__init__()
        self.has_radios = radios
        self._menus = menus
        self._all: Sequence[ModelRow] = ()
        self._filter = RowFilter()
        self._rows = _Rows()
        self._choice: Choice | None = None
        self._is_replacing = False
        self.setModel(self._rows)
        self._painter = ModelRowPainter(theme, self)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.clicked.connect(self._choose_index)
        self.activated.connect(self._accept)
        theme.changed.connect(self.doItemsLayout)

    @property
    def rows(self) -> Sequence[ModelRow]:
        """All rows, hidden ones too."""
        return self._all

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        """Replace the rows; the choice, the place of the keyboard and the scrolling stay."""
        self._all = rows
        lets_all = self._filter == RowFilter()
        shown = list(rows) if lets_all else [row for row in rows if self._filter.accepts(row)]
        if self._rows.update(shown):
            return
        current = self.currentIndex().data(MODEL_ROW)
        scrolled = self.verticalScrollBar().value()
        self._is_replacing = True
        self._rows.replace(shown)
        self._go_to(current.choice if current else self._choice)
        self._is_replacing = False
        self.verticalScrollBar().setValue(scrolled)

    def filter(self, row_filter: RowFilter) -> None:
        """Show only what `row_filter` accepts; what is chosen stays so, shown or not."""
        self._filter = row_filter
        self.show_rows(self._all)

    def choose(self, choice: Choice) -> None:
        """Choose a row; one that is not there (yet) is chosen as soon as it is."""
        self._choice = choice
        if not self.hasFocus():
            self._go_to(choice)
        self.viewport().update()

    @property
    def choice(self) -> Choice | None:
        """What is chosen, in the list or not (yet)."""
        return self._choice

    def chosen_row(self) -> ModelRow | None:
        """The chosen row, if it is there and can be used."""
        return next((row for row in self._all if row.usable and self.is_chosen(row)), None)

    def is_chosen(self, row: ModelRow) -> bool:
        """Whether `row` is the choice."""
        return row.choice == self._choice

    def has_menu(self, row: ModelRow) -> bool:
        """Whether something can be done with `row`: with files, not with ways to draft."""
        return self._menus and isinstance(row.choice, Path)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Arrow keys choose, as they do among radio buttons."""
        super().currentChanged(current, previous)
        if self.hasFocus() and not self._is_replacing:
            self._choose_index(current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the dots opens the menu of the row, one on its action does that; neither
        chooses the row."""
        where = event.position().toPoint()
        index = self.indexAt(where)
        area = self.visualRect(index)
        row = index.data(MODEL_ROW)
        if row and self.has_menu(row) and self._painter.menu_area(area).contains(where):
            self.menu_asked.emit(row, event.globalPosition().toPoint())
        elif row and self._painter.action_area(area, row).contains(where):
            self.action_asked.emit(row)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        row = index.data(MODEL_ROW)
        if row and self.has_menu(row):
            corner = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_asked.emit(row, event.globalPos() if by_mouse else corner)

    def _go_to(self, choice: Choice | None) -> None:
        """Put the keyboard on a row, or on the first where it is not shown."""
        line = next((i for i, row in enumerate(self._rows.rows) if row.choice == choice), 0)
        self.setCurrentIndex(self._rows.index(line))

    def _choose_index(self, index: Index) -> None:
        row = index.data(MODEL_ROW)
        if row and row.usable and not self.is_chosen(row):
            self.choose(row.choice)
            self.chosen.emit()

    def _accept(self, index: QModelIndex) -> None:
        row = index.data(MODEL_ROW)
        if row.usable:
            self._choose_index(index)
            self.accepted.emit()
        elif row.action:
            self.action_asked.emit(row)

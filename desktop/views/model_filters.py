"""The top of the model dialog: which list is shown, and what of it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QMenu, QPushButton, QWidget

from desktop.icons import themed_icon
from desktop.model_choices import ModelRow, RowFilter, distinct
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, EndIconButton
from desktop.views.dialogs import DialogField
from desktop.views.focus_ring import round_off
from desktop.views.wrapping_row import WrappingRow
from engine.language import tr

_FILTER_RADIUS = 14
TABS = (tr("On this computer"), tr("Catalogue"), tr("Hub"))


def _pill(theme: Theme, words: str, kind: str) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("kind", kind)
    theme.dress(button, "body" if kind == "tab" else "small", MEDIUM)
    button.setAccessibleName(words)
    button.setCheckable(True)
    button.setAutoDefault(False)
    if kind == "filter":
        round_off(button, _FILTER_RADIUS)
    return button


class _ValueFilter(EndIconButton):
    """A filter with a menu of values; shows the one chosen.

    Signals:
        changed
    """

    changed = Signal()

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__(title)
        self._title = title
        self.value = ""
        self._values: list[str] | None = None
        self._menu = QMenu(self)
        self.setProperty("kind", "filter")
        round_off(self, _FILTER_RADIUS)
        theme.dress(self, "small", MEDIUM)
        self.setIcon(themed_icon(theme, "chevron-down", "text"))
        self.setIconSize(QSize(20, 14))  # wider than the icon: a gap before it
        self.setMenu(self._menu)
        self.setAutoDefault(False)
        self.offer([])

    def offer(self, values: list[str]) -> None:
        """Let one of `values` be chosen."""
        if values == self._values:
            return
        self._values = values
        self._menu.clear()
        self._menu.addAction(tr("All"), partial(self._take, ""))
        for value in values:
            self._menu.addAction(value.replace("&", "&&"), partial(self._take, value))
        self._take(self.value if self.value in values else "", tell=False)

    def _take(self, value: str, *, tell: bool = True) -> None:
        self.value = value
        words = value or self._title
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(f"{self._title}: {value or tr('all')}")
        self.setProperty("on", bool(value))
        self.style().polish(self)
        if tell:
            self.changed.emit()


class _Search(DialogField):
    """Esc clears it before it closes the dialog."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            event.accept()
        else:
            super().keyPressEvent(event)


class ModelFilters(QWidget):
    """Tabs, filters and the search field.

    Signals:
        tab_chosen(int): another list
        changed: another filter
        submitted: Enter in the search field
    """

    tab_chosen = Signal(int)
    changed = Signal()
    submitted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tabs = QButtonGroup(self)
        self.search = _Search()
        self._fitting = _pill(theme, tr("Fits here"), "filter")
        self._family = _ValueFilter(theme, tr("Family"))
        self._quantization = _ValueFilter(theme, tr("Quantization"))
        row = WrappingRow(self)
        row.setContentsMargins(20, 12, 20, 12)
        row.setSpacing(8)
        for number, words in enumerate(TABS):
            tab = _pill(theme, words, "tab")
            self._tabs.addButton(tab, number)
            row.addWidget(tab)
        row.addStretch()
        for control in (self._fitting, self._family, self._quantization):
            row.addWidget(control)
        self._add_search(theme, row)
        self._tabs.button(0).setChecked(True)
        self._tabs.idClicked.connect(self._choose_tab)
        self._fitting.toggled.connect(self.changed)
        for values in (self._family, self._quantization):
            values.changed.connect(self.changed)

    @property
    def row_filter(self) -> RowFilter:
        """What is let through now."""
        return RowFilter(
            words=self.search.text(),
            only_fitting=self._fitting.isChecked(),
            family=self._family.value,
            quantization=self._quantization.value,
        )

    def offer(self, rows: Sequence[ModelRow]) -> None:
        """Let people filter by what the rows have, and count them."""
        self._family.offer(distinct(rows, lambda row: row.family))
        self._quantization.offer(distinct(rows, lambda row: row.quantization))
        self._tabs.button(0).setText(f"{TABS[0]}  {len(rows)}" if rows else TABS[0])

    def show_tab(self, number: int) -> None:
        """Go to another list."""
        self._tabs.button(number).setChecked(True)
        self._choose_tab(number)

    def _choose_tab(self, number: int) -> None:
        on_disk = number == 0
        for control in (self._family, self._quantization):
            control.setVisible(on_disk)
        self._fitting.setVisible(number < len(TABS) - 1)
        self.search.setPlaceholderText(
            tr("Search models") if number < len(TABS) - 1 else tr("Search the hub")
        )
        self.tab_chosen.emit(number)

    def _add_search(self, theme: Theme, row: WrappingRow) -> None:
        self.search.setPlaceholderText(tr("Search models"))
        self.search.setAccessibleName(tr("Search models"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(210)
        icon = themed_icon(theme, "search")
        self.search.addAction(icon, QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self.changed)
        self.search.returnPressed.connect(self.submitted)
        row.addWidget(self.search)

"""All settings, generated from the table: pages at the start side, rows beside them, a search."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import themed_icon
from desktop.setting import Page, Setting
from desktop.settings import SETTINGS, Settings
from desktop.theme import Theme
from desktop.views.controls import label, panel, push_button, rule
from desktop.views.setting_row import Lacks, Refuse, SettingRow, accept_all, lack_nothing
from desktop.views.settings_section import SettingsSection
from engine.language import tr

Parts = Mapping[Page, Callable[[], QWidget]]
"""What a page shows below its rows, made when the dialog opens. Its labels are searched too."""

_SIZE: Final = QSize(860, 620)
_PAGES_WIDTH: Final = 208


class _Search(QLineEdit):
    """Esc clears it before it closes the dialog; Enter stays here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                event.accept()
            case _:
                super().keyPressEvent(event)


class SettingsDialog(QDialog):
    """A choice counts at once; there is nothing to confirm."""

    def __init__(  # noqa: PLR0917 - the parts it is made of
        self,
        theme: Theme,
        settings: Settings,
        parts: Parts,
        table: Sequence[Setting[Any]] = SETTINGS,
        refuse: Refuse = accept_all,
        parent: QWidget | None = None,
        *,
        lacks: Lacks = lack_nothing,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row = partial(SettingRow, theme, settings, refuse=refuse, lacks=lacks)
        self.setWindowTitle(tr("Settings"))
        self.resize(_SIZE)
        self.search = self._search_field()
        self.pages = self._page_list()
        self._nothing = label(theme, "", tone="muted", wrap=True)
        self._nothing.setContentsMargins(20, 20, 20, 0)
        self._nothing.hide()
        self._area = QScrollArea()
        self.sections = {page: SettingsSection(theme, page) for page in Page}
        self._fill(table, parts)
        self._lay_out()
        self.search.textChanged.connect(self._find)
        self.pages.currentRowChanged.connect(self._leave_search)
        self.pages.itemClicked.connect(self._leave_search)
        self.pages.setCurrentRow(0)
        self.search.setFocus()

    def show_page(self, page: Page) -> None:
        """Go to a page."""
        self.search.clear()
        self.pages.setCurrentRow(self._listed.index(self.sections[page]))

    def show_setting(self, setting: Setting[Any]) -> None:
        """Go to one row, ready to be changed."""
        if setting.page:
            self.show_page(setting.page)
            for row in self.sections[setting.page].rows:
                if row.setting == setting:
                    self._area.ensureWidgetVisible(row)
                    row.control.widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _fill(self, table: Sequence[Setting[Any]], parts: Parts) -> None:
        for setting in table:
            if setting.page:
                self.sections[setting.page].add(self._row(setting))
        for page, make in parts.items():
            self.sections[page].add(make())
        self._listed = [section for section in self.sections.values() if not section.is_empty]
        for section in self._listed:
            self.pages.addItem(QListWidgetItem(section.page.value))

    def _lay_out(self) -> None:
        side = panel("background", "settings-pages")
        side.setFixedWidth(self._theme.scaled(_PAGES_WIDTH))
        start = QVBoxLayout(side)
        start.setContentsMargins(12, 12, 12, 12)
        start.setSpacing(8)
        start.addWidget(self.search)
        start.addWidget(self.pages, 1)
        end = QVBoxLayout()
        end.setSpacing(0)
        end.addWidget(self._scrolled(), 1)
        end.addWidget(rule())
        end.addLayout(self._foot())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(rule(Qt.Orientation.Vertical))
        row.addLayout(end, 1)

    def _scrolled(self) -> QScrollArea:
        inner = panel("surface", "settings-rows")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 20)
        column.setSpacing(0)
        column.addWidget(self._nothing)
        for section in self.sections.values():
            column.addWidget(section)
        column.addStretch(1)
        self._area.setWidget(inner)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return self._area

    def _foot(self) -> QHBoxLayout:
        close = push_button(self._theme, tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 12, 20, 12)
        foot.addWidget(label(self._theme, tr("A choice counts at once."), "small", tone="muted"), 1)
        foot.addWidget(close)
        return foot

    def _search_field(self) -> QLineEdit:
        field = _Search()
        field.setPlaceholderText(tr("Search settings"))
        field.setAccessibleName(tr("Search settings"))
        field.addAction(
            themed_icon(self._theme, "search"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._theme.dress(field, "body")
        return field

    def _page_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setProperty("nav", "true")
        pages.setAccessibleName(tr("Pages of the settings"))
        pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme.dress(pages, "body")
        return pages

    def _leave_search(self) -> None:
        self.search.clear()
        self._show_page()

    def _show_page(self) -> None:
        current = self.pages.currentRow()
        for section in self.sections.values():
            section.narrow("")
            section.setVisible(section is self._listed[current])
        self._nothing.hide()
        self.pages.item(current).setSelected(True)
        self._area.verticalScrollBar().setValue(0)

    def _find(self, words: str) -> None:
        if not words.strip():
            self._show_page()
            return
        self.pages.clearSelection()
        found = 0
        for section in self.sections.values():
            hits = section.narrow(words)
            section.setVisible(hits > 0)
            found += hits
        self._nothing.setText(tr("No setting contains “{words}”.").format(words=words.strip()))
        self._nothing.setVisible(not found)
        self._area.verticalScrollBar().setValue(0)

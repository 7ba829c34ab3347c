"""The search at the top of the sidebar: field, filters, and what was found in place of the list."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.conversation_list import ConversationList
from desktop.conversations.query import Query
from desktop.conversations.search import LIMIT, Hit
from desktop.theme import Theme
from desktop.views.controls import IconButton, announce, label, push_button
from desktop.views.layouts import set_margins
from desktop.views.search_field import SearchField
from desktop.views.search_filters import NO_FILTERS, FilterButton
from desktop.views.search_hits import HitList
from engine.language import tr, trn

_MOST_NAMED: Final = 40


class FoundPage(QWidget):
    """The hits, or that there are none.

    Signals:
        trash_asked: look there instead
    """

    trash_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.hits = HitList(theme)
        self.words = label(theme, role="small", tone="muted", wrap=True)
        self.words.setContentsMargins(8, 4, 8, 4)
        self._trash = push_button(theme, tr("Look in the trash"), "quiet")
        self._trash.clicked.connect(self.trash_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(self._trash)
        column.addWidget(self.hits, 1)

    def show_hits(self, hits: list[Hit], typed: str) -> None:
        """Show what a search for `typed` gave."""
        self.hits.rows.show(hits, Query.parse(typed))
        self.words.setText(_sentence(hits, typed))
        self._trash.setVisible(not hits)
        announce(self, self.words.text())


class SearchPanel(QWidget):
    """Field and filters. What it finds is shown in `found`, which stands elsewhere.

    Signals:
        active_changed(bool): something is looked for now, or nothing any more
        hit_chosen(Hit, Query)
        query_changed(Query): what messages shall highlight
        left: Esc in the empty field
    """

    active_changed = Signal(bool)
    hit_chosen = Signal(object, object)
    query_changed = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, conversations: ConversationList) -> None:
        super().__init__()
        self._conversations = conversations
        self._active = False
        self.field = SearchField(theme)
        self.filter = FilterButton(theme, conversations)
        self.found = FoundPage(theme)
        self._filtered = QWidget()
        self._filter_words = label(theme, role="small", tone="muted", wrap=True)
        clear = IconButton(theme, "x", tr("Search everything"), side=24)
        clear.clicked.connect(self.filter.clear)
        said = QHBoxLayout(self._filtered)
        set_margins(said, 8, 0, 0, 0)
        said.addWidget(self._filter_words, 1)
        said.addWidget(clear)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._filtered)
        self._filtered.hide()
        self._connect()

    def begin(self) -> None:
        """Take the focus, ready for other words."""
        self.field.setFocus()
        self.field.selectAll()

    def _connect(self) -> None:
        hits = self.found.hits
        self.field.typed.connect(self.refresh)
        self.field.hits_wanted.connect(hits.go_in)
        self.field.left.connect(self.left)
        self.filter.filters_changed.connect(self.refresh)
        hits.left.connect(self.field.setFocus)
        hits.chosen.connect(lambda hit: self.hit_chosen.emit(hit, self._query()))
        self._conversations.changed.connect(self._refresh_active)

    def refresh(self) -> None:
        """Search again."""
        typed, filters = self.field.text(), self.filter.filters
        active = bool(Query.parse(typed).terms) or filters != NO_FILTERS
        self._filter_words.setText(self.filter.words)
        self._filtered.setVisible(filters != NO_FILTERS)
        if active:
            self.found.show_hits(self._conversations.search(typed, filters), typed)
        if active != self._active:
            self._active = active
            self.active_changed.emit(active)
        self.query_changed.emit(self._query())

    def _refresh_active(self) -> None:
        if self._active:
            self.refresh()

    def _query(self) -> Query:
        return Query.parse(self.field.text())


def _sentence(hits: list[Hit], typed: str) -> str:
    words = " ".join(typed.split())
    named = words if len(words) <= _MOST_NAMED else f"{words[:_MOST_NAMED]}…"
    if not hits and named:
        return tr("No conversation contains “{named}”.").format(named=named)
    if not hits:
        return tr("No conversation fits.")
    if len(hits) >= LIMIT:
        return tr("The first {count} hits").format(count=LIMIT)
    return trn("{count} hit", "{count} hits", len(hits)).format(count=len(hits))

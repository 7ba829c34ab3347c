"""Which conversations a search looks at: chosen in a menu, said in one line."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.conversation_list import ConversationList
from desktop.conversations.search import Filters
from desktop.theme import Theme
from desktop.views.controls import IconButton
from engine.language import tr

ValueT = TypeVar("ValueT", str, int)
NO_FILTERS: Final = Filters()
_SPANS: Final = (
    (tr("Today"), 0),
    (tr("Last 7 days"), 6),
    (tr("Last 30 days"), 29),
    (tr("Last year"), 364),
)
_SIDE: Final = 32


class FilterButton(IconButton):
    """Folder, tag, model and date, each in a menu of its own.

    Signals:
        filters_changed: `filters` are others now
    """

    filters_changed = Signal()

    def __init__(
        self, theme: Theme, conversations: ConversationList, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "list-filter", tr("Filter the search"), side=_SIDE, parent=parent)
        self._conversations = conversations
        self.filters = NO_FILTERS
        self._days: int | None = None
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self.fill(menu))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")

    def clear(self) -> None:
        """Look at everything again."""
        self._days = None
        self._use(NO_FILTERS)

    @property
    def words(self) -> str:
        """What is looked at; "" for everything."""
        folders = {folder.id: folder.name for folder in self._conversations.folders()}
        filters = self.filters
        span = next((name for name, days in _SPANS if days == self._days), "")
        parts = (folders.get(filters.folder_id or "", ""), filters.tag, filters.model, span)
        return " · ".join(part for part in parts if part)

    def fill(self, menu: QMenu) -> None:
        """Offer what there is now."""
        menu.clear()
        filters = self.filters
        folders = [(one.name, one.id) for one in self._conversations.folders()]
        tags = [(tag, tag) for tag in self._conversations.tags()]
        models = [(model, model) for model in self._conversations.models()]
        self._add(menu, tr("Folder"), folders, filters.folder_id, self._choose_folder)
        self._add(menu, tr("Tag"), tags, filters.tag, self._choose_tag)
        self._add(menu, tr("Model"), models, filters.model, self._choose_model)
        self._add(menu, tr("Date"), _SPANS, self._days, self._choose_span)
        menu.addSeparator()
        menu.addAction(tr("Search everything"), self.clear).setEnabled(filters != NO_FILTERS)

    def _add(
        self,
        menu: QMenu,
        title: str,
        choices: Sequence[tuple[str, ValueT]],
        chosen: ValueT | None,
        choose: Callable[[ValueT | None], None],
    ) -> None:
        part = menu.addMenu(title)
        part.setEnabled(bool(choices))
        self._offer(part, tr("Any"), None, chosen, choose)
        for name, value in choices:
            self._offer(part, name, value, chosen, choose)

    @staticmethod
    def _offer(
        menu: QMenu,
        name: str,
        value: ValueT | None,
        chosen: ValueT | None,
        choose: Callable[[ValueT | None], None],
    ) -> None:
        action = menu.addAction(name.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(value == chosen)
        action.triggered.connect(lambda: choose(value))

    def _choose_folder(self, folder_id: str | None) -> None:
        self._use(replace(self.filters, folder_id=folder_id))

    def _choose_tag(self, tag: str | None) -> None:
        self._use(replace(self.filters, tag=tag))

    def _choose_model(self, model: str | None) -> None:
        self._use(replace(self.filters, model=model))

    def _choose_span(self, days: int | None) -> None:
        self._days = days
        self._use(replace(self.filters, since=_since(self._days)))

    def _use(self, filters: Filters) -> None:
        self.filters = filters
        self.show_icon("list-filter", "muted" if filters == NO_FILTERS else "accent")
        self.filters_changed.emit()


def _since(days: int | None) -> float | None:
    """The beginning of the day so many days ago."""
    if days is None:
        return None
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=days)).timestamp()

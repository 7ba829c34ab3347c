"""Recommended pairs: which of them this machine runs, and how to get them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.fit_badges import FreeMemory
from desktop.hub_choices import catalogue_line, pair_id, pair_row
from desktop.hub_desk import HubDesk
from desktop.model_choices import RowFilter
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label, panel, push_button, rule
from desktop.views.model_list import ModelListView
from engine.language import tr
from engine.library.catalogue import CatalogueModel, CataloguePair, load_catalogue

_NOTICE = tr("The list ships with the program. Only a download goes over the network.")


class CataloguePage(QWidget):
    """The pairs at the start side, what is chosen at the other."""

    def __init__(self, theme: Theme, hub: HubDesk) -> None:
        super().__init__()
        self._theme = theme
        self._hub = hub
        self._memory: FreeMemory | None = None
        self._pairs = {pair_id(pair): pair for pair in load_catalogue().pairs}
        self._list = ModelListView(theme, tr("Recommended pairs"), menus=False)
        self._title = label(theme, role="heading", weight=SEMIBOLD, wrap=True)
        self._suits = label(theme, tone="muted", wrap=True)
        self._target = label(theme, role="small", wrap=True)
        self._draft = label(theme, role="small", wrap=True)
        self._both = push_button(theme, tr("Download both"), "normal", "download")
        self._lay_out()
        self._list.chosen.connect(self._show_chosen)
        self._list.accepted.connect(self._download_both)
        self._both.clicked.connect(self._download_both)
        self._show_rows()
        self._list.choose(next(iter(self._pairs)))
        self._show_chosen()

    def download(self, model: CatalogueModel) -> None:
        """Fetch the recommended file of a model."""
        self._hub.download_named(model.repo, model.files[0].name)

    def use_memory(self, memory: FreeMemory | None) -> None:
        """Mark what fits."""
        if memory != self._memory:
            self._memory = memory
            self._show_rows()

    def filter(self, row_filter: RowFilter) -> None:
        """Show only some pairs."""
        self._list.filter(row_filter)

    def _lay_out(self) -> None:
        left = panel("surface", "pairs")
        pairs = QVBoxLayout(left)
        pairs.setContentsMargins(8, 12, 8, 8)
        pairs.addWidget(self._list)
        right = panel("surface", "pair")
        column = QVBoxLayout(right)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._suits)
        column.addSpacing(8)
        for role, line in ((tr("Target"), self._target), (tr("Draft"), self._draft)):
            column.addWidget(label(self._theme, role, "small", weight=SEMIBOLD))
            column.addWidget(line)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        self._both.setAutoDefault(False)
        buttons.addWidget(self._both)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)
        column.addWidget(label(self._theme, _NOTICE, "small", tone="muted", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, 1)
        row.addWidget(rule(Qt.Orientation.Vertical))
        row.addWidget(right, 1)

    def _show_rows(self) -> None:
        self._list.show_rows([pair_row(pair, self._memory) for pair in self._pairs.values()])

    def _chosen(self) -> CataloguePair | None:
        choice = self._list.choice
        return self._pairs.get(choice) if isinstance(choice, str) else None

    def _show_chosen(self) -> None:
        pair = self._chosen()
        if pair is None:
            return
        self._title.setText(f"{pair.target.name} + {pair.draft.name}")
        self._suits.setText(pair.suits)
        self._target.setText(catalogue_line(pair.target))
        self._draft.setText(catalogue_line(pair.draft))

    def _download_both(self) -> None:
        if pair := self._chosen():
            self.download(pair.target)
            self.download(pair.draft)

"""Where a draft for the target can come from, as a menu."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop import figures
from desktop.views.controls import menu_heading
from engine.config import SelfDraft
from engine.language import decimal, tr
from engine.library.find_draft import DraftSources

_MOST: Final = 4
"""Of one kind: a menu, not a list."""


class DraftSourcesMenu(QMenu):
    """The disk first, then what has to be downloaded.

    Signals:
        draft_chosen(Path | SelfDraft)
        catalogue_chosen(CatalogueModel)
        hub_chosen(str, int): words to search for, the most parameters
    """

    draft_chosen = Signal(object)
    catalogue_chosen = Signal(object)
    hub_chosen = Signal(str, object)

    def __init__(self, sources: DraftSources, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu_heading(self, tr("On this computer"))
        for draft in sources.on_disk[:_MOST]:
            made = f" ({tr('made on first use')})" if isinstance(draft.draft, SelfDraft) else ""
            self._offer(f"{draft.title}{made}", partial(self.draft_chosen.emit, draft.draft))
        if sources.in_catalogue:
            menu_heading(self, tr("Recommended, to download"))
        for model in sources.in_catalogue[:_MOST]:
            size = model.files[0].size_bytes
            shown = f", {figures.file_size(size)}" if size else ""
            self._offer(
                tr("Download {name} {quantization}{shown}").format(
                    name=model.name, quantization=model.files[0].quantization, shown=shown
                ),
                partial(self.catalogue_chosen.emit, model),
            )
        menu_heading(self, tr("On the hub"))
        query = sources.on_hub
        self._offer(
            tr("Search for “{words}”, up to {number} B parameters").format(
                words=query.words, number=decimal(query.most_parameters / 1e9)
            ),
            partial(self.hub_chosen.emit, query.words, query.most_parameters),
        )

    def _offer(self, words: str, action: Callable[[], None]) -> None:
        self.addAction(words.replace("&", "&&"), action)

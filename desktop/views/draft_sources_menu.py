"""Where a draft for the target can come from, as a menu."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop import figures
from desktop.views.controls import menu_heading
from engine.config import SelfDraft
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
        menu_heading(self, "On this computer")
        for draft in sources.on_disk[:_MOST]:
            made = " (made on first use)" if isinstance(draft.draft, SelfDraft) else ""
            self._offer(f"{draft.title}{made}", partial(self.draft_chosen.emit, draft.draft))
        if sources.in_catalogue:
            menu_heading(self, "Recommended, to download")
        for model in sources.in_catalogue[:_MOST]:
            size = model.files[0].size_bytes
            shown = f", {figures.file_size(size)}" if size else ""
            self._offer(
                f"Download {model.name} {model.files[0].quantization}{shown}",
                partial(self.catalogue_chosen.emit, model),
            )
        menu_heading(self, "On the hub")
        query = sources.on_hub
        self._offer(
            f"Search for “{query.words}”, up to {query.most_parameters / 1e9:.1f} B parameters",
            partial(self.hub_chosen.emit, query.words, query.most_parameters),
        )

    def _offer(self, words: str, action: Callable[[], None]) -> None:
        self.addAction(words.replace("&", "&&"), action)

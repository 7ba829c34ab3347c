"""The folders that are searched for models: add one, see which are away, take one out."""

from PySide6.QtWidgets import QMenu, QWidget

from desktop.model_library import Folder
from desktop.model_scan import ModelScan
from desktop.views.controls import menu_heading
from desktop.views.model_folders import (
    ask_for_folder,
    is_removable,
    place_of,
    remove_folder,
    state_of,
)
from engine.language import tr


class FoldersMenu(QMenu):
    """Filled anew after each search."""

    def __init__(self, parent: QWidget, scan: ModelScan) -> None:
        super().__init__(parent)
        self._scan = scan
        self._show([])
        scan.foldered.connect(self._show)

    def _show(self, folders: list[Folder]) -> None:
        self.clear()
        self.addAction(tr("Add a folder…"), lambda: ask_for_folder(self._scan, self))
        if folders:
            menu_heading(self, tr("Searched for models"))
        for folder in folders:
            self._add(folder)

    def _add(self, folder: Folder) -> None:
        words = f"{place_of(folder)} ({state_of(folder)})".replace("&", "&&")
        if is_removable(folder):
            menu = self.addMenu(words)
            menu.addAction(tr("Take it from the list"), lambda: remove_folder(self._scan, folder))
        elif folder.models or not folder.offline:
            self.addAction(words).setEnabled(False)

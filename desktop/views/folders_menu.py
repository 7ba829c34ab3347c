"""The folders that are searched for models: add one, see which are away, take one out."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop.model_library import Folder
from desktop.model_scan import ModelScan
from desktop.views.controls import menu_heading
from engine import paths
from engine.language import tr, trn


class FoldersMenu(QMenu):
    """Filled anew after each search."""

    def __init__(self, parent: QWidget, scan: ModelScan) -> None:
        super().__init__(parent)
        self._scan = scan
        self._show([])
        scan.foldered.connect(self._show)

    def _show(self, folders: list[Folder]) -> None:
        self.clear()
        self.addAction(tr("Add a folder…"), self._ask_for_folder)
        if folders:
            menu_heading(self, tr("Searched for models"))
        for folder in folders:
            self._add(folder)

    def _add(self, folder: Folder) -> None:
        models = trn("{count} model", "{count} models", folder.models).format(count=folder.models)
        state = tr("not connected") if folder.offline else models
        owner = f"{folder.store}: " if folder.store else ""
        words = f"{owner}{folder.path} ({state})".replace("&", "&&")
        is_removable = not folder.store and folder.path != paths.models_dir()
        if is_removable:
            menu = self.addMenu(words)
            menu.addAction(tr("Take it from the list"), lambda: self._remove(folder.path))
        elif folder.models or not folder.offline:
            self.addAction(words).setEnabled(False)

    def _ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Add a folder with models"))
        if name:
            self._scan.change(lambda library: library.add_folder(Path(name)))

    def _remove(self, folder: Path) -> None:
        self._scan.change(lambda library: library.remove_folder(folder))

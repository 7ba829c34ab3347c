"""A folder that is searched for models: its words, adding one, taking one out."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.model_library import Folder
from desktop.model_scan import ModelScan
from engine import paths
from engine.language import tr, trn


def place_of(folder: Folder) -> str:
    """Which app keeps it, and where it is."""
    return f"{folder.store}: {folder.path}" if folder.store else str(folder.path)


def state_of(folder: Folder) -> str:
    """How many models are in it, or that it is away."""
    models = trn("{count} model", "{count} models", folder.models).format(count=folder.models)
    return tr("not connected") if folder.offline else models


def is_removable(folder: Folder) -> bool:
    """Whether the person added it: neither another app's nor where downloads go."""
    return not folder.store and folder.path != paths.models_dir()


def ask_for_folder(scan: ModelScan, parent: QWidget) -> None:
    """Let the person choose one more."""
    name = QFileDialog.getExistingDirectory(parent, tr("Add a folder with models"))
    if name:
        scan.change(lambda library: library.add_folder(Path(name)))


def remove_folder(scan: ModelScan, folder: Folder) -> None:
    """Search it no longer."""
    scan.change(lambda library: library.remove_folder(folder.path))

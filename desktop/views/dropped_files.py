"""Files that are dragged in."""

from pathlib import Path

from PySide6.QtCore import QMimeData


def dropped_files(content: QMimeData) -> list[Path]:
    """All files and folders among what is dragged, on this computer."""
    return [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]


def model_files(content: QMimeData) -> list[Path]:
    """The GGUF files and folders among what is dragged, on this computer."""
    files = dropped_files(content)
    return [path for path in files if path.suffix.casefold() == ".gguf" or path.is_dir()]

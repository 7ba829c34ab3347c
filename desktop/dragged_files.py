"""Files made to be dragged out of the window: whoever takes one copies it, then they go again."""

import shutil
from pathlib import Path
from typing import Final

from desktop.conversations.disk import os_errors_told
from desktop.conversations.export import (
    ExportFormat,
    Job,
    Library,
    export,
    suggested_file_name,
)
from engine import paths

_FOLDER: Final = "dragged"


def make(library: Library, conversation_id: str) -> Path:
    """The branch shown of a conversation as Markdown, in place of what was dragged before.

    Raises `DiskTrouble` and `LookupError` for a conversation that is gone.
    """
    clear()
    folder = paths.cache_dir() / _FOLDER
    with os_errors_told(f"“{_FOLDER}”"):
        folder.mkdir(parents=True, exist_ok=True)
    title = library.tree(conversation_id).title
    path = folder / suggested_file_name(title, ExportFormat.MARKDOWN)
    export(library, conversation_id, Job(ExportFormat.MARKDOWN), path, overwrite=True)
    return path


def clear() -> None:
    """Leave nothing of what was dragged."""
    shutil.rmtree(paths.cache_dir() / _FOLDER, ignore_errors=True)

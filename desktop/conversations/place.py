"""Where the conversations of this person lie."""

from pathlib import Path

from engine import paths


def conversations_file() -> Path:
    """In the data folder; its backups lie beside it. The folder is made, the file is not."""
    return paths.data_dir() / "conversations.sqlite"

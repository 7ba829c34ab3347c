"""Saving a code block of a reply as a file, where the person says."""

import re
from pathlib import Path
from typing import Final

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.conversations.whole_file import whole_file
from desktop.theme import Theme
from desktop.views.dialogs import opened
from desktop.views.markdown_blocks import CodeBlock
from desktop.views.message_box import message_box
from engine.errors import OutriderError
from engine.language import tr

_SUFFIX: Final = re.compile(r"\*(\.\w{1,10})")


def suggested_name(language: str) -> str:
    """Such as "code.py"."""
    try:
        patterns = get_lexer_by_name(language).filenames
    except ClassNotFound:
        patterns = []
    suffixes = (match[1] for match in map(_SUFFIX.fullmatch, patterns) if match)
    return f"code{next(suffixes, '.txt')}"


def save_code(theme: Theme, window: QWidget, block: CodeBlock) -> None:
    """Ask where, then save it, or say why it could not be saved."""
    dialog = QFileDialog(window, tr("Save the code"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(suggested_name(block.language))
    dialog.fileSelected.connect(lambda name: _write(theme, window, Path(name), block.code))
    opened(dialog)


def _write(theme: Theme, window: QWidget, path: Path, code: str) -> None:
    try:
        # The dialog has asked about a file that is there already.
        with whole_file(path, overwrite=True) as file:
            file.write(f"{code}\n".encode())
    except OutriderError as error:
        message_box(theme, window, error.title, error.title, error.sentence, warns=True).open()

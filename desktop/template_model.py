"""The prompt templates, for the views: what cannot be read or written is told."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.prompt_templates import PromptTemplate, TemplateStore
from engine.errors import OutriderError


class TemplateModel(QObject):
    """Signals: failed(OutriderError)."""

    failed = Signal(object)

    def __init__(self, store: TemplateStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return self._store.file

    def templates(self) -> Sequence[PromptTemplate]:
        """All of them, as the file is now; none where it cannot be read."""
        try:
            return self._store.read()
        except OutriderError as error:
            self.failed.emit(error)
            return ()

    def save(self, templates: Sequence[PromptTemplate]) -> bool:
        """Keep these and no others; whether that worked."""
        try:
            self._store.write(templates)
        except OutriderError as error:
            self.failed.emit(error)
            return False
        return True

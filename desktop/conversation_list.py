"""The list of conversations: rename, trash and undo, export."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.conversations.export import ExportFormat, Job, export
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import ConversationSummary
from desktop.pdf import ALL_FORMS
from engine.errors import OutriderError


class ConversationList(QObject):
    """What the sidebar shows and does.

    Signals:
        changed: the list is another one now
        trashed(str): this conversation went to the trash; `undo` brings it back
        restored(str): it is back
        failed(OutriderError)
    """

    changed = Signal()
    trashed = Signal(str)
    restored = Signal(str)
    failed = Signal(object)

    def __init__(self, store: ConversationStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._last_trashed: str | None = None

    def summaries(self) -> list[ConversationSummary]:
        """Newest first, without the trash."""
        return self._store.conversations()

    def title(self, conversation_id: str | None) -> str:
        """The title, or "New conversation" for one without."""
        titles = {summary.id: summary.title for summary in self.summaries()}
        return titles.get(conversation_id or "", "") or "New conversation"

    def rename(self, conversation_id: str, title: str) -> None:
        """Change the title; an empty one changes nothing."""
        title = " ".join(title.split())
        if title and self._try(lambda: self._store.rename(conversation_id, title)):
            self.changed.emit()

    def trash(self, conversation_id: str) -> None:
        """Move it to the trash."""
        if self._try(lambda: self._store.trash(conversation_id)):
            self._last_trashed = conversation_id
            self.changed.emit()
            self.trashed.emit(conversation_id)

    def undo(self) -> None:
        """Bring the last trashed conversation back; nothing when there is none."""
        conversation_id, self._last_trashed = self._last_trashed, None
        if conversation_id and self._try(lambda: self._store.restore(conversation_id)):
            self.changed.emit()
            self.restored.emit(conversation_id)

    def export(self, conversation_id: str, file_format: ExportFormat, destination: Path) -> bool:
        """Write it to a file the person named, replacing what is there."""
        return self._try(
            lambda: export(
                self._store,
                conversation_id,
                Job(file_format, forms=ALL_FORMS),
                destination,
                overwrite=True,
            )
        )

    def _try(self, action: Callable[[], None]) -> bool:
        try:
            action()
        except OutriderError as error:
            self.failed.emit(error)
            return False
        return True

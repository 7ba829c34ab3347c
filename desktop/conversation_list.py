"""The list of conversations: arrange, search, trash and undo."""

from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop import dragged_files
from desktop.conversations.changes import Change, Kind
from desktop.conversations.search import Filters, Hit
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import ConversationSummary, Folder
from desktop.patient_writes import PatientWrites, caught_up, nothing
from engine.errors import OutriderError
from engine.language import tr


class ConversationList(QObject):
    """What the sidebar shows and does.

    Signals:
        changed: the list is another one now
        trashed(str): this conversation went to the trash; `undo` brings it back
        arranged(str): a sentence about what was done; `undo` takes it back
        restored(str): it is back
        undone(Change): something was taken back
        failed(OutriderError)
        noticed(str): a sentence that is no failure
    """

    changed = Signal()
    trashed = Signal(str)
    arranged = Signal(str)
    restored = Signal(str)
    undone = Signal(object)
    failed = Signal(object)
    noticed = Signal(str)

    def __init__(self, store: ConversationStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._writes = PatientWrites(self)
        self._writes.failed.connect(self.failed)
        self._writes.caught_up.connect(lambda: self.noticed.emit(caught_up()))
        before = store.last_change()
        self._oldest_undo = before.id if before else 0

    def summaries(self) -> list[ConversationSummary]:
        """Newest first, without the trash."""
        return self._store.conversations()

    def in_trash(self) -> list[ConversationSummary]:
        """What `restore` can bring back, newest first."""
        return self._store.in_trash()

    def folders(self) -> list[Folder]:
        """By name."""
        return self._store.folders.all()

    def tags(self) -> list[str]:
        """Those in use, by name."""
        return self._store.tags()

    def models(self) -> list[str]:
        """Those that answered somewhere, by name."""
        return self._store.models()

    def search(self, typed: str, filters: Filters) -> list[Hit]:
        """Titles first, then messages, each newest first."""
        return self._store.search(typed, filters)

    def title(self, conversation_id: str | None) -> str:
        """The title, or "New conversation" for one without."""
        try:
            title = self._store.summary(conversation_id or "").title
        except LookupError:
            title = ""
        return title or tr("New conversation")

    def rename(self, conversation_id: str, title: str) -> None:
        """Change the title; an empty one changes nothing."""
        title = " ".join(title.split())
        if title and title != self._store.summary(conversation_id).title:
            self._arrange(lambda: self._store.rename(conversation_id, title), tr("Renamed"))

    def pin(self, conversation_id: str, *, pinned: bool) -> None:
        """Pin it above the list, or take it from there."""
        self._arrange(lambda: self._store.pin(conversation_id, pinned=pinned))

    def tag(self, conversation_id: str, tags: Collection[str]) -> None:
        """Give it these tags and no others."""
        self._arrange(lambda: self._store.tag(conversation_id, tags))

    def move(self, conversation_id: str, folder_id: str | None) -> None:
        """Put it into a folder; None: out of all."""
        names = {folder.id: folder.name for folder in self.folders()}
        words = (
            tr("Moved to “{names}”").format(names=names[folder_id])
            if folder_id
            else tr("Moved out of the folder")
        )
        self._arrange(lambda: self._store.folders.move(conversation_id, folder_id), words)

    def move_to_new(self, conversation_id: str, name: str) -> None:
        """Put it into a new folder; nothing for an empty name."""
        name = " ".join(name.split())
        if name:
            self._arrange(
                lambda: self._store.folders.named(name),
                then=lambda: self.move(conversation_id, self._store.folders.named(name).id),
            )

    def create_folder(self, name: str) -> None:
        """Make an empty folder; nothing for an empty name."""
        name = " ".join(name.split())
        if name:
            self._arrange(lambda: self._store.folders.create(name))

    def rename_folder(self, folder_id: str, name: str) -> None:
        """Change the name; an empty one changes nothing."""
        name = " ".join(name.split())
        if name:
            self._arrange(lambda: self._store.folders.rename(folder_id, name), tr("Folder renamed"))

    def delete_folder(self, folder_id: str) -> None:
        """Take the folder away and leave its conversations."""
        words = tr("Folder removed; its conversations stay")
        self._arrange(lambda: self._store.folders.delete(folder_id), words)

    def trash(self, conversation_id: str) -> None:
        """Move it to the trash."""
        self._arrange(
            lambda: self._store.trash(conversation_id),
            then=lambda: self.trashed.emit(conversation_id),
        )

    def restore(self, conversation_id: str) -> None:
        """Bring it back from the trash."""
        self._arrange(
            lambda: self._store.restore(conversation_id),
            then=lambda: self.restored.emit(conversation_id),
        )

    def undo(self) -> None:
        """Take back the newest change since the window opened; nothing when there is none."""
        last = self._store.last_change()
        if last is None or last.id <= self._oldest_undo:
            return
        self._arrange(lambda: self._store.undo(last.id), then=lambda: self._tell_undone(last))

    def file_of(self, conversation_id: str) -> Path | None:
        """A file of it to be dragged out; None where there can be none, after `failed`."""
        try:
            return dragged_files.make(self._store, conversation_id)
        except OutriderError as error:
            self.failed.emit(error)
            return None

    def reload(self) -> None:
        """The store was changed beside this list: by an import."""
        self.changed.emit()

    def close(self) -> None:
        """Write what waits for the disk, because the app ends."""
        self._writes.finish()

    def _tell_undone(self, change: Change) -> None:
        self.undone.emit(change)
        if change.kind is Kind.DELETE_CONVERSATION and change.conversation_id:
            self.restored.emit(change.conversation_id)

    def _arrange(
        self, write: Callable[[], object], words: str = "", *, then: Callable[[], object] = nothing
    ) -> None:
        def arranged() -> None:
            self.changed.emit()
            if words:
                self.arranged.emit(words)
            then()

        self._writes.run(write, arranged)

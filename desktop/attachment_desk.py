"""The files beside what is typed: read in a thread of their own, kept with the conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from desktop.attachments.read import AttachedFile, read_file
from desktop.chat_model import ChatModel
from desktop.context_use import message_tokens
from desktop.conversations.values import Attachment
from desktop.worker import Worker
from engine.cancel import CancelToken
from engine.errors import Cancelled, OutriderError


@dataclass(frozen=True)
class AttachedItem:
    """One file. It is being read while it has neither an attachment nor an error."""

    id: int
    name: str
    attachment: Attachment | None = None
    error: OutriderError | None = None
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)

    @cached_property
    def tokens(self) -> int:
        """About how many the model reads of it."""
        return message_tokens("", [self.attachment]) if self.attachment else 0


class AttachmentDesk(QObject):
    """What is attached to the message that is being written.

    Signals:
        changed
    """

    changed = Signal()

    _delivered = Signal(object)

    def __init__(self, chat: ChatModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chat = chat
        self._worker = Worker("attachments")
        self._ids = count(1)
        self._contents: dict[str, bytes] = {}
        """Bytes that the store may not keep yet."""
        self.items: list[AttachedItem] = []
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        chat.leaving.connect(self._leave)
        chat.conversation_changed.connect(self._show_other)

    @property
    def attachments(self) -> list[Attachment]:
        """What was read."""
        return [item.attachment for item in self.items if item.attachment]

    @property
    def tokens(self) -> int:
        """About how many tokens the model reads of all of them."""
        return sum(item.tokens for item in self.items)

    @property
    def is_settled(self) -> bool:
        """Nothing is being read, and nothing failed."""
        return len(self.attachments) == len(self.items)

    def add(self, paths: Sequence[Path]) -> None:
        """Read these files."""
        for path in paths:
            item = AttachedItem(next(self._ids), path.name)
            self.items.append(item)
            self._worker.submit(partial(self._read, item, path))
        self.changed.emit()

    def remove(self, item_id: int) -> None:
        """Take a file away, read or not."""
        for item in self.items:
            if item.id == item_id:
                item.cancel.cancel()
        self.items = [item for item in self.items if item.id != item_id]
        self._keep()

    def send(self, text: str) -> bool:
        """Send `text` with what is attached. False: it was not saved, and all stays here."""
        if not self._chat.send(text, self.attachments, self._contents):
            return False
        self.items, self._contents = [], {}
        self._keep()
        return True

    def shutdown(self, timeout: float) -> bool:
        """Stop reading, and say whether that was within `timeout` seconds."""
        self._leave()
        return self._worker.shutdown(timeout)

    def _read(self, item: AttachedItem, path: Path) -> None:
        """In the worker's thread."""
        try:
            file = read_file(path, cancel=item.cancel)
        except Cancelled:
            return
        except OutriderError as error:
            self._delivered.emit(partial(self._replace, replace(item, error=error)))
        else:
            self._delivered.emit(partial(self._take, item, file))

    def _deliver(self, action: Callable[[], None]) -> None:
        action()

    def _take(self, item: AttachedItem, file: AttachedFile) -> None:
        attachment = file.attachment()
        self._contents[attachment.sha256] = file.data
        self._replace(replace(item, attachment=attachment))

    def _replace(self, read: AttachedItem) -> None:
        self.items = [read if item.id == read.id else item for item in self.items]
        self._keep()

    def _keep(self) -> None:
        if self._chat.save_unsent_attachments(self.attachments, self._contents):
            self._contents = {}
        self.changed.emit()

    def _leave(self) -> None:
        for item in self.items:
            item.cancel.cancel()

    def _show_other(self) -> None:
        self._contents = {}
        self.items = [
            AttachedItem(next(self._ids), attachment.name, attachment)
            for attachment in self._chat.unsent_attachments()
        ]
        self.changed.emit()

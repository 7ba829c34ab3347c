"""The conversation that is shown: which one it is, what is typed there, how it is answered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.conversations.store import ConversationStore
from desktop.conversations.tree_writing import Contents
from desktop.conversations.values import Attachment, Setup, StoredMessage
from engine.errors import DiskTrouble

_SENT_TEXTS: Final = 100


class ShownConversation(QObject):
    """One conversation of the store, a temporary one, or a new one that nothing was sent to.

    Signals:
        leaving: another conversation is about to be shown; what belongs to this one is saved now
        conversation_changed: another conversation is shown
        path_changed: messages were added, finished or switched in the conversation shown
        list_changed: titles, order or state of the list of conversations changed
        failed(OutriderError)
    """

    leaving = Signal()
    conversation_changed = Signal()
    path_changed = Signal()
    list_changed = Signal()
    failed = Signal(object)

    def __init__(self, store: ConversationStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept = store
        self._temporary: ConversationStore | None = None
        self._read: list[StoredMessage] | None = None
        self._read_branches: Mapping[str, Sequence[str]] | None = None
        """The current path, until something is written: thousands of messages take time."""
        self.conversation_id: str | None = None
        """None is a new one that nothing was sent to."""

    @property
    def is_temporary(self) -> bool:
        """Whether the conversation shown is never written and ends when another one is shown."""
        return self._temporary is not None

    def open(self, conversation_id: str | None) -> None:
        """Show a conversation; None shows a new one."""
        self._show(conversation_id, None)

    def open_temporary(self) -> None:
        """Show a new conversation that is never written."""
        self._show(None, ConversationStore(None))

    def _show(self, conversation_id: str | None, temporary: ConversationStore | None) -> None:
        self.leaving.emit()
        former = self._temporary
        self.conversation_id, self._temporary = conversation_id, temporary
        self._forget_path()
        if former:
            former.close()
        self.conversation_changed.emit()

    def draft_text(self) -> str:
        """What was typed and not sent in the conversation shown."""
        return self._store.draft_text(self.conversation_id) if self.conversation_id else ""

    def save_draft_text(self, text: str) -> None:
        """Keep what is typed and not sent; a new conversation begins with it."""
        if not self.conversation_id and not text.strip():
            return
        self._try(lambda: self._store.save_draft_text(self._conversation(""), text))

    def sent_texts(self) -> Sequence[str]:
        """What the person sent lately, newest first, each text once."""
        return self._store.sent_texts(_SENT_TEXTS)

    def unsent_attachments(self) -> tuple[Attachment, ...]:
        """The files beside it."""
        return self._store.unsent_attachments(self.conversation_id) if self.conversation_id else ()

    def save_unsent_attachments(
        self, attachments: Sequence[Attachment], contents: Contents
    ) -> bool:
        """Keep these files beside what is typed; a new conversation begins with them."""
        if not self.conversation_id and not attachments:
            return True
        return self._try(
            lambda: self._store.save_unsent_attachments(
                self._conversation(""), attachments, contents
            )
        )

    def setup(self) -> Setup:
        """How the conversation shown is answered."""
        return self._store.setup(self.conversation_id) if self.conversation_id else Setup()

    def set_up(self, setup: Setup) -> None:
        """Answer it so from the next reply on; a new conversation begins with it."""
        self._try(lambda: self._store.set_up(self._conversation(""), setup))
        self.path_changed.emit()

    def select(self, message_id: str, step: int) -> None:
        """Go `step` branches further from this message."""
        siblings = self._store.siblings(message_id)
        index = [sibling.id for sibling in siblings].index(message_id) + step
        if 0 <= index < len(siblings):
            self._try(lambda: self._store.select(siblings[index].id))
            self.path_changed.emit()

    def reveal(self, message_id: str) -> None:
        """Show the branch on which a message of this conversation lies."""
        if message_id not in {message.id for message in self._path()}:
            self._try(lambda: self._store.select(message_id))
            self.path_changed.emit()

    # For those who add messages

    @property
    def _store(self) -> ConversationStore:
        """The store of the conversation shown."""
        return self._temporary or self._kept

    def _path(self) -> list[StoredMessage]:
        if self._read is None:
            self._read = self._store.path(self.conversation_id) if self.conversation_id else []
        return self._read

    def _branches(self) -> Mapping[str, Sequence[str]]:
        """For each message the ids of the branches at its point."""
        if self._read_branches is None:
            known = self.conversation_id
            self._read_branches = self._store.branches(known) if known else {}
        return self._read_branches

    def _forget_path(self) -> None:
        """Something else than `_try` may have changed it."""
        self._read = None
        self._read_branches = None

    def _conversation(self, title: str) -> str:
        """The conversation shown, made now if it is new; a nameless one gets `title`."""
        if self.conversation_id is None:
            self.conversation_id = self._store.create(title).id
            self.list_changed.emit()
        elif title and not self._store.summary(self.conversation_id).title:
            self._store.rename(self.conversation_id, title)
        return self.conversation_id

    def _try(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except DiskTrouble as error:
            self.failed.emit(error)
            return False
        finally:
            self._forget_path()
        return True

"""The conversation that is shown: which one it is, what is typed there, how it is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop.conversations.store import ConversationStore
from desktop.conversations.titles import title_from
from desktop.conversations.tree_writing import Contents
from desktop.conversations.values import Attachment, Setup, StoredMessage
from desktop.patient_writes import PatientWrites, nothing

_SENT_TEXTS: Final = 100


@dataclass
class Place:
    """A conversation to write to, also when another one is shown by then."""

    store: ConversationStore
    writes: PatientWrites
    conversation_id: str | None = None
    """None is a new one that nothing was written to."""
    is_temporary: bool = False

    def made(self, title: str) -> str:
        """Its id; it is made now if it is new, and a nameless one gets `title`."""
        if self.conversation_id is None:
            self.conversation_id = self.store.create(title).id
        elif title and not self.store.summary(self.conversation_id).title:
            self.store.rename(self.conversation_id, title)
        return self.conversation_id


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
        self._writes = PatientWrites(self)
        self._writes.failed.connect(self.failed)
        self._place = Place(store, self._writes)
        self._read: list[StoredMessage] | None = None
        self._read_branches: Mapping[str, Sequence[str]] | None = None
        """The current path, until something is written: thousands of messages take time."""

    @property
    def conversation_id(self) -> str | None:
        """None is a new one that nothing was sent to."""
        return self._place.conversation_id

    @property
    def is_temporary(self) -> bool:
        """Whether the conversation shown is never written and ends when another one is shown."""
        return self._place.is_temporary

    def open(self, conversation_id: str | None) -> None:
        """Show a conversation; None shows a new one."""
        self._show(Place(self._kept, self._writes, conversation_id))

    def open_temporary(self) -> None:
        """Show a new conversation that is never written."""
        writes = PatientWrites(self)
        writes.failed.connect(self.failed)
        self._show(Place(ConversationStore(None), writes, is_temporary=True))

    def _show(self, place: Place) -> None:
        self.leaving.emit()
        former, self._place = self._place, place
        self._forget_path()
        if former.is_temporary:
            former.store.close()
            former.writes.deleteLater()
        self.conversation_changed.emit()

    def draft_text(self) -> str:
        """What was typed and not sent in the conversation shown."""
        return self._store.draft_text(self.conversation_id) if self.conversation_id else ""

    def save_draft_text(self, text: str) -> None:
        """Keep what is typed and not sent; a new conversation begins with it."""
        if not self.conversation_id and not text.strip():
            return
        place = self._place
        self._write(lambda: place.store.save_draft_text(place.made(""), text))

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
        place, kept = self._place, tuple(attachments)
        return self._write(
            lambda: place.store.save_unsent_attachments(place.made(""), kept, contents)
        )

    def setup(self) -> Setup:
        """How the conversation shown is answered."""
        return self._store.setup(self.conversation_id) if self.conversation_id else Setup()

    def set_up(self, setup: Setup) -> None:
        """Answer it so from the next reply on; a new conversation begins with it."""
        place = self._place
        self._write(lambda: place.store.set_up(place.made(""), setup), self.path_changed.emit)

    def keep_answer(
        self,
        reply: StoredMessage,
        text: str,
        message_id: str | None,
        kept: Callable[[str], object] = lambda _: None,
    ) -> bool:
        """Put a reply that was made elsewhere under `message_id`, or under `text` at the end.

        `kept` is told the id of the message that it answers. False: it was refused.
        """
        place, path = self._place, self._path()
        last_id = path[-1].id if path else None
        parents = [message_id] if message_id else []

        def keep() -> None:
            conversation_id = place.made(title_from(text))
            if not parents:
                said = place.store.add_user_message(conversation_id, text, parent_id=last_id)
                parents.append(said.id)
            place.store.add_reply(
                conversation_id,
                reply.text,
                parent_id=parents[0],
                model=reply.model,
                notes=reply.notes,
            )

        def tell() -> None:
            self.path_changed.emit()
            self.list_changed.emit()
            kept(parents[0])

        return self._write(keep, tell)

    def select(self, message_id: str, step: int) -> None:
        """Go `step` branches further from this message."""
        siblings = self._store.siblings(message_id)
        index = [sibling.id for sibling in siblings].index(message_id) + step
        if 0 <= index < len(siblings):
            self._select(siblings[index].id)

    def reveal(self, message_id: str) -> None:
        """Show the branch on which a message of this conversation lies."""
        if message_id not in {message.id for message in self._path()}:
            self._select(message_id)

    def _select(self, message_id: str) -> None:
        store = self._store
        self._write(lambda: store.select(message_id), self.path_changed.emit)

    # For those who add messages

    @property
    def _store(self) -> ConversationStore:
        """The store of the conversation shown."""
        return self._place.store

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
        """Something else than `_write` may have changed it."""
        self._read = None
        self._read_branches = None

    def _write(self, write: Callable[[], object], then: Callable[[], object] = nothing) -> bool:
        """Write to the conversation shown, now or when it can be, then do `then`.

        False: it was refused. `write` must not ask what is shown: that may be another one by then.
        """
        place = self._place
        was_new = place.conversation_id is None

        def settle() -> None:
            self._forget_path()
            if was_new and place.conversation_id:
                self.list_changed.emit()

        def written() -> None:
            settle()
            then()

        if place.writes.run(write, written):
            return True
        settle()
        return False

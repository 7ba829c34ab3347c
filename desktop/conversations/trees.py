"""Trees of messages: read, grown, and switched between branches. Nothing is ever overwritten."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from desktop.conversations import leaf, tree_reading, tree_writing
from desktop.conversations.changes import Cell, Changes, Column, FormerNotes, Kind
from desktop.conversations.database import Database
from desktop.conversations.presence import Presence
from desktop.conversations.records import notes_columns
from desktop.conversations.replies import Replies
from desktop.conversations.tree_reading import conversation_row, message_row
from desktop.conversations.tree_writing import Contents
from desktop.conversations.values import (
    Attachment,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
)
from engine.events import Role

NO_CONTENTS: Final[Contents] = {}


class Trees:
    """The part of the store that is about what was said; `store.py` has its contract."""

    def __init__(
        self, database: Database, presence: Presence | None, clock: Callable[[], float]
    ) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self._changes: Final = Changes(database, clock)
        self._replies: Final = Replies(database, presence)
        self._resumed: Final[dict[str, StoredMessage]] = {}
        """Replies that went on and still stream, as they were before."""

    # Reading

    def path(self, conversation_id: str) -> list[StoredMessage]:
        """The current path, root to leaf."""
        return tree_reading.path(self._database, conversation_id)

    def tree(self, conversation_id: str) -> ConversationTree:
        """The whole conversation with every branch."""
        return tree_reading.tree(self._database, conversation_id)

    def siblings(self, message_id: str) -> list[StoredMessage]:
        """The branches at this point, oldest first, `message_id` among them."""
        return tree_reading.siblings(self._database, message_id)

    def branches(self, conversation_id: str) -> dict[str, tuple[str, ...]]:
        """For each message the ids of the branches at its point, oldest first, its own too."""
        return tree_reading.branches(self._database, conversation_id)

    def sent_texts(self, limit: int) -> list[str]:
        """The last `limit` messages of the person, newest first, each text once."""
        rows = self._database.rows(
            """
            SELECT text FROM message
            JOIN conversation ON conversation.number = message.conversation
            WHERE role = 'user' AND message.trashed_at IS NULL AND conversation.trashed_at IS NULL
            ORDER BY message.number DESC LIMIT ?
            """,
            limit,
        )
        return list(dict.fromkeys(text for (text,) in rows))

    def latest_texts(self, messages: int, characters: int) -> list[str]:
        """What was said last in all conversations, oldest first, nothing of the trash.

        At most so many messages, of at most so many characters together.
        """
        rows = self._database.rows(
            """
            SELECT substr(text, 1, ?) FROM message
            JOIN conversation ON conversation.number = message.conversation
            WHERE message.trashed_at IS NULL AND conversation.trashed_at IS NULL AND text <> ''
            ORDER BY message.number DESC LIMIT ?
            """,
            *(characters, messages),
        )
        lengths = accumulate(len(text) for (text,) in rows)
        latest = [
            text for (text,), length in zip(rows, lengths, strict=True) if length <= characters
        ]
        return latest[::-1]

    def content(self, sha256: str) -> bytes:
        """The bytes of an attachment. Raises `LookupError` where they are not kept."""
        rows = self._database.rows("SELECT data FROM content WHERE sha256 = ?", sha256)
        if not rows:
            raise LookupError(f"no content {sha256}")
        return bytes(rows[0]["data"])

    # Writing

    def select(self, message_id: str) -> None:
        """Make the branch through this message current, down to its newest leaf."""
        row = message_row(self._database, message_id)
        leaf.select(self._database, row["number"], row["conversation"])

    def add_user_message(
        self,
        conversation_id: str,
        text: str,
        *,
        parent_id: str | None,
        attachments: Sequence[Attachment] = (),
        contents: Contents = NO_CONTENTS,
    ) -> StoredMessage:
        """Add what the user sends, and make it the current leaf.

        `parent_id` is the message it answers; None makes a root. An edit has the parent of the
        message that it replaces, and can be undone. `contents` has the bytes of attachments that
        were not kept before.
        """
        state = MessageState.COMPLETE
        message = self._new(conversation_id, parent_id, Role.USER, state, text=text)
        return self._add_whole(replace(message, attachments=tuple(attachments)), contents)

    def start_reply(
        self, conversation_id: str, *, parent_id: str, model: str = ""
    ) -> StoredMessage:
        """Add an empty reply of `model` to `parent_id`, `STREAMING`; make it the current leaf."""
        state = MessageState.STREAMING
        message = self._new(conversation_id, parent_id, Role.ASSISTANT, state, model=model)
        with self._database.transaction():
            conversation = conversation_row(self._database, conversation_id)["number"]
            number = self._append(conversation, message)
            self._replies.begin(number)
            return tree_reading.message(self._database, number)

    def add_reply(
        self,
        conversation_id: str,
        text: str,
        *,
        parent_id: str,
        model: str = "",
        notes: ReplyNotes | None = None,
    ) -> StoredMessage:
        """Add a whole reply that was made elsewhere, and make it the current leaf.

        As a branch beside others it can be undone.
        """
        state = MessageState.COMPLETE
        message = self._new(
            conversation_id, parent_id, Role.ASSISTANT, state, text=text, model=model
        )
        return self._add_whole(replace(message, notes=notes))

    def resume_reply(self, message_id: str) -> StoredMessage:
        """Let a reply that ended stream on, behind the text it has; make it the current leaf.

        What it is like then, `finish_reply` says as ever; that can be undone.
        """
        with self._database.transaction():
            row = message_row(self._database, message_id)
            former = tree_reading.message(self._database, row["number"])
            if former.role is not Role.ASSISTANT or former.state is MessageState.STREAMING:
                raise LookupError(f"message {message_id} is no reply that ended")
            self._database.change(
                "UPDATE message SET state = 'streaming' WHERE number = ?", row["number"]
            )
            self._replies.begin(row["number"])
            leaf.select(self._database, row["number"], row["conversation"])
        self._resumed[message_id] = former
        return replace(former, state=MessageState.STREAMING)

    def save_reply(self, message_id: str, text: str) -> None:
        """Keep the whole text so far of a reply that `finish_reply` has not ended."""
        self._replies.save(message_id, text)

    def finish_reply(
        self, message_id: str, text: str, state: MessageState, notes: ReplyNotes | None
    ) -> StoredMessage:
        """Give a reply its last text, its final state and its notes. Once for each reply."""
        with self._database.transaction():
            number, conversation = self._replies.finish(message_id, text, state, notes)
            if former := self._resumed.get(message_id):
                self._remember_former(number, conversation, former)
            self._touch(conversation)
            finished = tree_reading.message(self._database, number)
        self._resumed.pop(message_id, None)
        return finished

    def delete_message(self, message_id: str) -> None:
        """Move a message and all that follows it to the trash; can be undone.

        The current path goes on beside it, or ends above it.
        """
        with self._database.transaction():
            row = message_row(self._database, message_id)
            now = self._clock()
            doomed = leaf.live_below(self._database, row["number"])
            cells = [Cell(Column.MESSAGE_TRASHED, number, now) for number in doomed]
            before = self._leaf(row["conversation"])
            self._changes.make(Kind.DELETE_MESSAGE, row["conversation"], [before, *cells])
            leaf.settle(self._database, row["conversation"])

    def _new(
        self,
        conversation_id: str,
        parent_id: str | None,
        role: Role,
        state: MessageState,
        *,
        text: str = "",
        model: str = "",
    ) -> StoredMessage:
        message_id, now = str(uuid.uuid4()), self._clock()
        return StoredMessage(
            message_id, conversation_id, parent_id, role, text, state, now, model=model
        )

    def _add_whole(self, message: StoredMessage, contents: Contents = NO_CONTENTS) -> StoredMessage:
        """Add a message that grows no more; as a branch beside others it can be undone."""
        with self._database.transaction():
            conversation = conversation_row(self._database, message.conversation_id)["number"]
            before = self._leaf(conversation)
            number = self._append(conversation, message, contents)
            if message.notes is not None:
                tree_writing.insert_notes(self._database, number, message.notes)
            if len(self.siblings(message.id)) > 1:
                self._changes.remember(Kind.EDIT, conversation, [before], added=number)
            return tree_reading.message(self._database, number)

    def _append(
        self, conversation: int, message: StoredMessage, contents: Contents = NO_CONTENTS
    ) -> int:
        parent = self._parent_number(message.parent_id, conversation)
        number = tree_writing.insert_message(self._database, conversation, parent, message)
        tree_writing.insert_attachments(
            self._database, conversation, number, message.attachments, contents
        )
        self._database.change(
            "UPDATE conversation SET leaf = ? WHERE number = ?", number, conversation
        )
        self._touch(conversation)
        return number

    def _remember_former(self, number: int, conversation: int, former: StoredMessage) -> None:
        before = [
            Cell(Column.MESSAGE_TEXT, number, former.text),
            Cell(Column.MESSAGE_STATE, number, former.state),
        ]
        notes = FormerNotes(number, notes_columns(former.notes) if former.notes else None)
        self._changes.remember(Kind.CONTINUE, conversation, before, notes=notes)

    def _parent_number(self, message_id: str | None, conversation: int) -> int | None:
        if message_id is None:
            return None
        row = message_row(self._database, message_id)
        if row["conversation"] != conversation:
            raise LookupError(f"message {message_id} is in another conversation")
        return int(row["number"])

    def _leaf(self, conversation: int) -> Cell:
        rows = self._database.rows("SELECT leaf FROM conversation WHERE number = ?", conversation)
        return Cell(Column.LEAF, conversation, rows[0]["leaf"])

    def _touch(self, conversation: int) -> None:
        self._database.change(
            "UPDATE conversation SET updated_at = ? WHERE number = ?", self._clock(), conversation
        )

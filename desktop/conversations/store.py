"""Conversations on the disk. A conversation is a tree: nothing is ever overwritten.

An edit or a regeneration adds a sibling. Each change is on the disk when its method returns,
so what the window shows as sent or saved survives `kill -9` and a power cut.
"""

import sqlite3
import time
import uuid
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Final

from desktop.conversations.opening import open_database
from desktop.conversations.records import MESSAGES, SUMMARIES, stored_message, summary
from desktop.conversations.values import (
    ConversationSummary,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
)
from engine.events import Role


class ConversationStore:
    """All conversations of one user, in one file. For the thread that made it.

    Raises `DiskTrouble` when the disk refuses, having changed nothing, and `LookupError` for an
    id that was never given out. Strings may hold anything; `database.storable_text` says what
    becomes of lone surrogates, so show what a method returns rather than what it was given.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._database, notice = open_database(path)
        self.notice: Final = notice
        """What the user must be told about the file: that it was damaged, and where it is kept."""
        try:
            self._mark_interrupted()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Idempotent."""
        self._database.close()

    # Conversations

    def conversations(self) -> list[ConversationSummary]:
        """Newest first, without the trash."""
        rows = self._database.rows(
            SUMMARIES
            + "WHERE trashed_at IS NULL ORDER BY updated_at DESC, conversation.number DESC"
        )
        return [summary(row) for row in rows]

    def create(self, title: str = "") -> ConversationSummary:
        """A new, empty conversation."""
        conversation_id, now = str(uuid.uuid4()), self._clock()
        self._database.change(
            "INSERT INTO conversation (id, created_at, updated_at, title) VALUES (?, ?, ?, ?)",
            *(conversation_id, now, now, title),
        )
        return summary(
            self._database.rows(SUMMARIES + "WHERE conversation.id = ?", conversation_id)[0]
        )

    def rename(self, conversation_id: str, title: str) -> None:
        """Change the title; the place in the list stays."""
        self._set(conversation_id, "UPDATE conversation SET title = ? WHERE id = ?", title)

    def trash(self, conversation_id: str) -> None:
        """Take it out of the list; `restore` brings it back whole."""
        now = self._clock()
        self._set(conversation_id, "UPDATE conversation SET trashed_at = ? WHERE id = ?", now)

    def restore(self, conversation_id: str) -> None:
        """Take it out of the trash, to its old place in the list."""
        self._set(conversation_id, "UPDATE conversation SET trashed_at = ? WHERE id = ?", None)

    def draft_text(self, conversation_id: str) -> str:
        """What the user has typed and not sent."""
        return str(self._conversation(conversation_id)["unsent_text"])

    def save_draft_text(self, conversation_id: str, text: str) -> None:
        """Keep what the user has typed and not sent."""
        self._set(conversation_id, "UPDATE conversation SET unsent_text = ? WHERE id = ?", text)

    # Reading the tree

    def path(self, conversation_id: str) -> list[StoredMessage]:
        """The current path, root to leaf."""
        number = self._conversation(conversation_id)["number"]
        return self._messages(
            """
            WHERE message.number IN (
                WITH RECURSIVE upwards (number) AS (
                    SELECT leaf FROM conversation WHERE number = ?
                    UNION ALL
                    SELECT message.parent FROM message JOIN upwards USING (number)
                )
                SELECT number FROM upwards
            )
            """,
            number,
        )

    def tree(self, conversation_id: str) -> ConversationTree:
        """The whole conversation with every branch."""
        row = self._conversation(conversation_id)
        return ConversationTree(
            id=row["id"],
            title=row["title"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            current_id=row["current_id"],
            messages=tuple(self._messages("WHERE message.conversation = ?", row["number"])),
        )

    def siblings(self, message_id: str) -> list[StoredMessage]:
        """The branches at this point, oldest first, `message_id` among them."""
        row = self._message(message_id)
        return self._messages(
            "WHERE message.parent IS ? AND message.conversation = ?",
            *(row["parent"], row["conversation"]),
        )

    def select(self, message_id: str) -> None:
        """Make the branch through this message current, down to its newest leaf."""
        row = self._message(message_id)
        # A child's number is greater than its parent's, so the greatest has no child.
        self._database.change(
            """
            WITH RECURSIVE downwards (number) AS (
                VALUES (?)
                UNION ALL
                SELECT message.number FROM message JOIN downwards
                ON message.parent = downwards.number
            )
            UPDATE conversation SET leaf = (SELECT max(number) FROM downwards) WHERE number = ?
            """,
            *(row["number"], row["conversation"]),
        )

    # Writing the tree

    def add_user_message(
        self, conversation_id: str, text: str, *, parent_id: str | None
    ) -> StoredMessage:
        """Add what the user sends, and make it the current leaf.

        `parent_id` is the message it answers; None makes a root. An edit has the parent of the
        message that it replaces.
        """
        return self._append(conversation_id, parent_id, Role.USER, MessageState.COMPLETE, text)

    def start_reply(self, conversation_id: str, *, parent_id: str) -> StoredMessage:
        """Add an empty reply to `parent_id`, `STREAMING`, and make it the current leaf."""
        return self._append(conversation_id, parent_id, Role.ASSISTANT, MessageState.STREAMING, "")

    def save_reply(self, message_id: str, text: str) -> None:
        """Keep the whole text so far of a reply that `finish_reply` has not ended."""
        self._update_reply(message_id, MessageState.STREAMING, text)

    def finish_reply(
        self, message_id: str, text: str, state: MessageState, notes: ReplyNotes | None
    ) -> StoredMessage:
        """Give a reply its last text, its final state and its notes. Once for each reply."""
        if state is MessageState.STREAMING:
            raise ValueError("a finished reply does not stream")
        with self._database.transaction():
            self._update_reply(message_id, state, text)
            row = self._message(message_id)
            if notes is not None:
                self._add_notes(row["number"], notes)
            self._touch(row["conversation"])
            return self._messages("WHERE message.id = ?", message_id)[0]

    def _append(
        self,
        conversation_id: str,
        parent_id: str | None,
        role: Role,
        state: MessageState,
        text: str,
    ) -> StoredMessage:
        message_id, now = str(uuid.uuid4()), self._clock()
        with self._database.transaction():
            conversation = self._conversation(conversation_id)["number"]
            parent = None if parent_id is None else self._parent_number(parent_id, conversation)
            self._database.change(
                """
                INSERT INTO message (id, conversation, parent, role, state, created_at, text)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                *(message_id, conversation, parent, role, state, now, text),
            )
            self._database.change(
                "UPDATE conversation SET leaf = last_insert_rowid() WHERE number = ?", conversation
            )
            self._touch(conversation)
            return self._messages("WHERE message.id = ?", message_id)[0]

    def _parent_number(self, message_id: str, conversation: int) -> int:
        row = self._message(message_id)
        if row["conversation"] != conversation:
            raise LookupError(f"message {message_id} is in another conversation")
        return int(row["number"])

    def _update_reply(self, message_id: str, state: MessageState, text: str) -> None:
        # Interrupted: a second Outrider opened the file while this one was still answering.
        changed = self._database.change(
            """
            UPDATE message SET state = ?, text = ?
            WHERE id = ? AND state IN ('streaming', 'interrupted')
            """,
            *(state, text, message_id),
        )
        if not changed:
            raise LookupError(f"no reply {message_id} is under way")

    def _add_notes(self, message: int, notes: ReplyNotes) -> None:
        self._database.change(
            """
            INSERT INTO reply_notes (
                message, target, draft, mode, reason, tokens, target_passes, tokens_per_second,
                first_token_seconds, plain_tokens_per_second, finish
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            *(message, *astuple(notes)),
        )

    def _touch(self, conversation: int) -> None:
        self._database.change(
            "UPDATE conversation SET updated_at = ? WHERE number = ?", self._clock(), conversation
        )

    def _mark_interrupted(self) -> None:
        # Looked for first: opening must work on a disk that cannot be written.
        if self._database.rows("SELECT 1 FROM message WHERE state = 'streaming' LIMIT 1"):
            self._database.change(
                "UPDATE message SET state = 'interrupted' WHERE state = 'streaming'"
            )

    # Rows

    def _set(self, conversation_id: str, sql: str, value: str | float | None) -> None:
        if not self._database.change(sql, value, conversation_id):
            raise LookupError(f"no conversation {conversation_id}")

    def _conversation(self, conversation_id: str) -> sqlite3.Row:
        rows = self._database.rows(
            """
            SELECT conversation.*, message.id AS current_id FROM conversation
            LEFT JOIN message ON message.number = conversation.leaf WHERE conversation.id = ?
            """,
            conversation_id,
        )
        if not rows:
            raise LookupError(f"no conversation {conversation_id}")
        return rows[0]

    def _message(self, message_id: str) -> sqlite3.Row:
        rows = self._database.rows(
            "SELECT number, conversation, parent FROM message WHERE id = ?", message_id
        )
        if not rows:
            raise LookupError(f"no message {message_id}")
        return rows[0]

    def _messages(self, where: str, *values: str | int | None) -> list[StoredMessage]:
        rows = self._database.rows(f"{MESSAGES} {where} ORDER BY message.number", *values)
        return [stored_message(row) for row in rows]

"""Conversations on the disk. A conversation is a tree: nothing is ever overwritten.

An edit or a regeneration adds a sibling. Each change is on the disk when its method returns,
so what the window shows as sent or saved survives `kill -9` and a power cut.
"""

import logging
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from desktop.conversations import tree_reading, tree_writing
from desktop.conversations.changes import Cell, Change, Column, Kind
from desktop.conversations.database import SqlValue
from desktop.conversations.folders import Folders
from desktop.conversations.opening import open_database
from desktop.conversations.presence import Presence
from desktop.conversations.records import (
    SUMMARIES,
    sampling_column,
    sampling_from,
    summary,
    tags_column,
)
from desktop.conversations.search import Filters, Hit, search
from desktop.conversations.tree_reading import conversation_row
from desktop.conversations.tree_writing import Contents
from desktop.conversations.trees import NO_CONTENTS, Trees
from desktop.conversations.values import Attachment, ConversationSummary, ConversationTree, Setup
from engine.errors import DiskTrouble
from engine.language import tr

_log = logging.getLogger("outrider.store")

NO_FILTERS: Final = Filters()


class ConversationStore(Trees):
    """All conversations of one user, in one file. For the thread that made it.

    Raises `DiskTrouble` when the disk refuses, having changed nothing, and `LookupError` for an
    id that was never given out. Strings may hold anything; `database.storable_text` says what
    becomes of lone surrogates, so show what a method returns rather than what it was given.
    """

    def __init__(self, path: Path | None, *, clock: Callable[[], float] = time.time) -> None:
        """`path` None: for conversations that are never written and end with `close`."""
        self._presence: Final = Presence(path) if path else None
        opened = open_database(path, self._presence)
        database = opened.database
        self.salvaged: Final = opened.salvaged
        """What was saved of a damaged file; its `sentence` is for the user."""
        self._read_only_because: Final = opened.trouble
        super().__init__(database, self._presence, clock)
        self.folders: Final = Folders(database, self._changes, clock)
        try:
            self._replies.mark_interrupted()
        except DiskTrouble as trouble:  # the next start marks them; meanwhile they can be read
            _log.warning("%s %s", trouble.sentence, trouble.detail)
        except BaseException:
            self.close()
            raise

    @property
    def notice(self) -> str | None:
        """What the user must be told about the file."""
        if self._read_only_because:
            return tr("{trouble} Until Outrider starts again, they can only be read.").format(
                trouble=self._read_only_because.message
            )
        return self.salvaged.sentence if self.salvaged else None

    def wait_at_most(self, seconds: float) -> None:
        """Raise `Locked` after that time, where another store writes; the first one waits long."""
        self._database.wait_at_most(seconds)

    def close(self) -> None:
        """Idempotent. Whoever opens the file next finds replies that still stream interrupted."""
        try:
            self._database.close()
        finally:
            if self._presence:
                self._presence.close()

    # The list

    def conversations(self) -> list[ConversationSummary]:
        """Newest first, without the trash."""
        return self._summaries("conversation.trashed_at IS NULL")

    def in_trash(self) -> list[ConversationSummary]:
        """Newest first."""
        return self._summaries("conversation.trashed_at IS NOT NULL")

    def summary(self, conversation_id: str) -> ConversationSummary:
        """One line of the list, also for a conversation in the trash."""
        (found,) = self._summaries("conversation.id = ?", conversation_id) or (None,)
        if found is None:
            raise LookupError(f"no conversation {conversation_id}")
        return found

    def search(self, typed: str, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Titles first, then messages, each newest first; at most `search.LIMIT`.

        With nothing typed: the conversations that the filters leave.
        """
        return search(self._database, typed, filters)

    def models(self) -> list[str]:
        """The models that answered, by name: what a search can filter by."""
        rows = self._database.rows(
            "SELECT DISTINCT model FROM message WHERE model <> '' ORDER BY 1"
        )
        return [model for (model,) in rows]

    def tags(self) -> list[str]:
        """The tags in use, by name."""
        rows = self._database.rows(
            "SELECT DISTINCT value FROM conversation, json_each(tags) "
            "WHERE trashed_at IS NULL ORDER BY 1"
        )
        return [tag for (tag,) in rows]

    def find_source(self, source: str) -> str | None:
        """The id of the conversation that was imported from `source`."""
        rows = self._database.rows(
            "SELECT id FROM conversation WHERE source = ? ORDER BY trashed_at IS NOT NULL LIMIT 1",
            source,
        )
        return rows[0]["id"] if rows else None

    def create(self, title: str = "", *, folder_id: str | None = None) -> ConversationSummary:
        """A new, empty conversation."""
        conversation_id, now = str(uuid.uuid4()), self._clock()
        self._database.change(
            """
            INSERT INTO conversation (id, created_at, updated_at, title, folder)
            VALUES (?, ?, ?, ?, (SELECT number FROM folder WHERE id = ?))
            """,
            *(conversation_id, now, now, title, folder_id),
        )
        return self.summary(conversation_id)

    def add_trees(
        self, trees: Iterable[ConversationTree], contents: Contents = NO_CONTENTS
    ) -> list[str]:
        """Add whole conversations as they are, all or none; their ids.

        An id that is taken is replaced by a new one. `contents` has the bytes of the attachments.
        Nobody else can write meanwhile, so many conversations come a few at a time.
        """
        added: list[str] = []
        with self._database.transaction():
            for tree in trees:
                if tree.folder:
                    self.folders.named(tree.folder)
                added.append(tree_writing.insert_tree(self._database, tree, contents))
        self._database.let_others_write()
        return added

    # What the person arranges; each of these can be undone

    def rename(self, conversation_id: str, title: str) -> None:
        """Change the title; the place in the list stays. A first title is no change to undo."""
        row = conversation_row(self._database, conversation_id)
        if row["title"]:
            self._change(Kind.RENAME, conversation_id, {Column.TITLE: title})
        else:
            self._database.change(
                "UPDATE conversation SET title = ? WHERE number = ?", title, row["number"]
            )

    def retitle(self, conversation_id: str, former: str, title: str) -> bool:
        """Change a title that nobody chose, unless it is another one by now; no change to undo."""
        row = conversation_row(self._database, conversation_id)
        return bool(
            self._database.change(
                "UPDATE conversation SET title = ? WHERE number = ? AND title = ?",
                *(title, row["number"], former),
            )
        )

    def pin(self, conversation_id: str, *, pinned: bool) -> None:
        """Pin it above the list, or take it from there."""
        self._change(Kind.PIN, conversation_id, {Column.PINNED: pinned})

    def tag(self, conversation_id: str, tags: Collection[str]) -> None:
        """Give it these tags and no others."""
        self._change(Kind.TAG, conversation_id, {Column.TAGS: tags_column(sorted(tags))})

    def set_up(self, conversation_id: str, setup: Setup) -> None:
        """Say how this conversation is answered from now on."""
        columns: dict[Column, SqlValue] = {
            Column.SYSTEM_PROMPT: setup.system_prompt,
            Column.SAMPLING: sampling_column(setup.sampling),
        }
        self._change(Kind.SETTINGS, conversation_id, columns)

    def setup(self, conversation_id: str) -> Setup:
        """How this conversation is answered."""
        row = conversation_row(self._database, conversation_id)
        return Setup(row["system_prompt"], sampling_from(row["sampling"]))

    def trash(self, conversation_id: str) -> None:
        """Take it out of the list; `restore` brings it back whole."""
        now = self._clock()
        self._change(Kind.DELETE_CONVERSATION, conversation_id, {Column.CONVERSATION_TRASHED: now})

    def last_change(self) -> Change | None:
        """The newest change that was not taken back."""
        return self._changes.last()

    def undo(self, change_id: int) -> Change:
        """Take a change back. Raises `LookupError` for one that was taken back already."""
        with self._database.transaction():
            return self._changes.undo(change_id)

    # The trash

    def restore(self, conversation_id: str) -> None:
        """Take it out of the trash, to its old place in the list."""
        row = conversation_row(self._database, conversation_id)
        self._database.change(
            "UPDATE conversation SET trashed_at = NULL WHERE number = ?", row["number"]
        )

    # What is typed and not sent

    def draft_text(self, conversation_id: str) -> str:
        """The text."""
        return str(conversation_row(self._database, conversation_id)["unsent_text"])

    def unsent_attachments(self, conversation_id: str) -> tuple[Attachment, ...]:
        """The files beside it."""
        return tree_reading.unsent_attachments(self._database, conversation_id)

    def save_draft_text(self, conversation_id: str, text: str) -> None:
        """Keep the text."""
        row = conversation_row(self._database, conversation_id)
        self._database.change(
            "UPDATE conversation SET unsent_text = ? WHERE number = ?", text, row["number"]
        )

    def save_unsent_attachments(
        self,
        conversation_id: str,
        attachments: Sequence[Attachment],
        contents: Contents = NO_CONTENTS,
    ) -> None:
        """Keep these files beside it and no others; `contents` has the bytes of new ones."""
        with self._database.transaction():
            number = conversation_row(self._database, conversation_id)["number"]
            self._database.change(
                "DELETE FROM attachment WHERE conversation = ? AND message IS NULL", number
            )
            tree_writing.insert_attachments(self._database, number, None, attachments, contents)

    # Helpers

    def _summaries(self, condition: str, *values: SqlValue) -> list[ConversationSummary]:
        rows = self._database.rows(
            f"{SUMMARIES} WHERE {condition} "
            "ORDER BY conversation.updated_at DESC, conversation.number DESC",
            *values,
        )
        return [summary(row) for row in rows]

    def _change(self, kind: Kind, conversation_id: str, columns: Mapping[Column, SqlValue]) -> None:
        with self._database.transaction():
            number = conversation_row(self._database, conversation_id)["number"]
            cells = [Cell(column, number, value) for column, value in columns.items()]
            self._changes.make(kind, number, cells)

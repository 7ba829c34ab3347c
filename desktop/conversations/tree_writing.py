"""Adding messages to trees: one at a time as they are said, or a whole conversation at once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktop.conversations.database import Database, SqlValue
from desktop.conversations.records import (
    NOTES,
    json_column,
    notes_columns,
    sampling_column,
    tags_column,
)
from desktop.conversations.values import (
    Attachment,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
)

Contents = Mapping[str, bytes]
"""The bytes of attachments by their SHA-256."""


def insert_notes(database: Database, message: int, notes: ReplyNotes) -> None:
    """How the reply `message` was made."""
    put_notes(database, message, notes_columns(notes))


def put_notes(database: Database, message: int, values: Sequence[SqlValue] | None) -> None:
    """Let the reply `message` have these notes in place of any others; None: no notes."""
    database.change("DELETE FROM reply_notes WHERE message = ?", message)
    if values is not None:
        columns, marks = ", ".join(NOTES), ", ".join("?" for _ in NOTES)
        database.change(
            f"INSERT INTO reply_notes (message, {columns}) VALUES (?, {marks})",  # noqa: S608  ours
            *(message, *values),
        )


def insert_attachments(
    database: Database,
    conversation: int,
    message: int | None,
    attachments: Sequence[Attachment],
    contents: Contents,
) -> None:
    """Attach files to a message; None: to the unsent text.

    Bytes are looked up in `contents` unless the store has them. An attachment whose bytes are in
    neither is kept without them.
    """
    for one in attachments:
        database.change(
            """
            INSERT INTO attachment
                (conversation, message, name, media_type, size, sha256, extra, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            *(conversation, message, one.name, one.media_type, one.size),
            *(_kept(database, one.sha256, contents), json_column(one.extra), one.text),
        )


def _kept(database: Database, sha256: str, contents: Contents) -> str | None:
    if database.rows("SELECT 1 FROM content WHERE sha256 = ?", sha256):
        return sha256
    if sha256 not in contents:
        return None
    database.change("INSERT INTO content (sha256, data) VALUES (?, ?)", sha256, contents[sha256])
    return sha256


def insert_tree(database: Database, tree: ConversationTree, contents: Contents) -> str:
    """Add a whole conversation as it is; its id. An id that is taken is replaced by a new one."""
    conversation_id = _free_id(database, "conversation", tree.id)
    (conversation,) = database.rows(
        """
        INSERT INTO conversation (id, folder, created_at, updated_at, pinned, source, tags,
            sampling, title, system_prompt, extra)
        VALUES (?, (SELECT number FROM folder WHERE name = ? AND trashed_at IS NULL),
            ?, ?, ?, ?, ?, ?, ?, ?, ?)
        RETURNING number
        """,
        *(conversation_id, tree.folder, tree.created_at, tree.updated_at, tree.pinned),
        *(tree.source, tags_column(tree.tags), sampling_column(tree.sampling)),
        *(tree.title, tree.system_prompt, json_column(tree.extra)),
    )[0]
    numbers = _insert_messages(database, conversation, tree.messages, contents)
    database.change(
        "UPDATE conversation SET leaf = ? WHERE number = ?",
        *(None if tree.current_id is None else numbers[tree.current_id], conversation),
    )
    return conversation_id


def _insert_messages(
    database: Database, conversation: int, messages: Sequence[StoredMessage], contents: Contents
) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for one in messages:
        parent = None if one.parent_id is None else numbers[one.parent_id]
        numbers[one.id] = insert_message(database, conversation, parent, _at_rest(one))
        if one.notes is not None:
            insert_notes(database, numbers[one.id], one.notes)
        insert_attachments(database, conversation, numbers[one.id], one.attachments, contents)
    return numbers


def _at_rest(one: StoredMessage) -> StoredMessage:
    """A copy of a reply under way is a half reply: nobody goes on writing the copy."""
    halted = one.state is MessageState.STREAMING
    return replace(one, state=MessageState.INTERRUPTED) if halted else one


def insert_message(
    database: Database, conversation: int, parent: int | None, one: StoredMessage
) -> int:
    """Add the row of one message; its number. An id that is taken is replaced by a new one."""
    (number,) = database.rows(
        """
        INSERT INTO message (id, conversation, parent, role, state, created_at, model, extra,
            thinking, text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        RETURNING number
        """,
        *(_free_id(database, "message", one.id), conversation, parent, one.role),
        *(one.state, one.created_at, one.model),
        *(json_column(one.extra), one.thinking, one.text),
    )[0]
    return int(number)


def _free_id(database: Database, table: str, wanted: str) -> str:
    taken = database.rows(f"SELECT 1 FROM {table} WHERE id = ?", wanted)  # noqa: S608  our tables
    return str(uuid.uuid4()) if taken or not wanted else wanted

"""Tables of the conversations file, and the steps from each version to the next.

`PRAGMA user_version` counts the steps done. A released step is never changed; a new version
is one more step. Text stands last in its row, so that listing rows does not read it.

Numbers are internal: they order messages in time, keep a parent smaller than its children
(so a tree has no cycle, whatever wrote the file) and stay put for a full-text index. Ids are
what the rest of the app, exports and imports see.
"""

from typing import Final

from desktop.conversations.database import Database
from desktop.conversations.disk import DamagedDatabase, NewerDatabase

APPLICATION_ID: Final = 0x4F757472
"""\"Outr\", in the header of the file."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        f"PRAGMA application_id = {APPLICATION_ID}",
        """
        CREATE TABLE conversation (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            leaf INTEGER REFERENCES message (number),
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL,
            trashed_at REAL,
            title TEXT NOT NULL,
            unsent_text TEXT NOT NULL DEFAULT ''
        )
        """,
        """
        CREATE TABLE message (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
            parent INTEGER REFERENCES message (number) CHECK (parent < number),
            role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
            state TEXT NOT NULL CHECK (
                state IN ('complete', 'streaming', 'stopped', 'failed', 'interrupted')
            ),
            created_at REAL NOT NULL,
            text TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE reply_notes (
            message INTEGER PRIMARY KEY REFERENCES message (number) ON DELETE CASCADE,
            target TEXT NOT NULL,
            draft TEXT,
            mode TEXT NOT NULL,
            reason TEXT NOT NULL,
            tokens INTEGER NOT NULL,
            target_passes INTEGER NOT NULL,
            tokens_per_second REAL NOT NULL,
            first_token_seconds REAL NOT NULL,
            plain_tokens_per_second REAL,
            finish TEXT NOT NULL
        )
        """,
        "CREATE INDEX conversation_by_leaf ON conversation (leaf)",
        "CREATE INDEX message_by_conversation ON message (conversation)",
        "CREATE INDEX message_by_parent ON message (parent, conversation)",
    ),
)


def check(database: Database) -> None:
    """Refuse a file that is not ours, is damaged, or comes from a newer Outrider."""
    is_empty = not database.rows("SELECT 1 FROM sqlite_master LIMIT 1")
    if not is_empty and database.pragma("application_id") != APPLICATION_ID:
        raise DamagedDatabase("The conversations file belongs to another program.")
    if _version(database) > len(MIGRATIONS):
        raise NewerDatabase(
            "A newer Outrider saved these conversations.", hint="Update Outrider to open them."
        )
    report = database.pragma("quick_check(1)")
    if report != "ok":
        raise DamagedDatabase("The conversations file is damaged.", detail=str(report))


def migrate(database: Database) -> None:
    """Bring the file to the newest version; each step happens wholly or not at all."""
    while _version(database) < len(MIGRATIONS):
        with database.transaction():
            # Read again inside the transaction: another process may have been faster.
            version = _version(database)
            for statement in MIGRATIONS[version] if version < len(MIGRATIONS) else ():
                database.change(statement)
            database.change(f"PRAGMA user_version = {min(version + 1, len(MIGRATIONS))}")


def _version(database: Database) -> int:
    return int(database.pragma("user_version"))

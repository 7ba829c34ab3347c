"""The SQL behind each version of the conversations file.

A released step is never changed; a new version is one more step. Text stands last in its row,
so that listing rows does not read it.

Numbers are internal: they order messages in time, keep a parent smaller than its children
(so a tree has no cycle, whatever wrote the file) and stay put for the full-text index. Ids are
what the rest of the app, exports and imports see.
"""

from typing import Final

APPLICATION_ID: Final = 0x4F757472
"""\"Outr\", in the header of the file."""

_TREES: Final = (
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
)

_ORDER_AND_UNDO: Final = (
    """
    CREATE TABLE folder (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        trashed_at REAL,
        name TEXT NOT NULL
    )
    """,
    # Both tables are made anew for their new constraints. AUTOINCREMENT: a number that the trash
    # gave up is never used again, so that no old change can be undone on a stranger.
    """
    CREATE TABLE new_conversation (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        folder INTEGER REFERENCES folder (number) ON DELETE SET NULL,
        leaf INTEGER REFERENCES message (number),
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        trashed_at REAL,
        pinned INTEGER NOT NULL DEFAULT 0,
        source TEXT NOT NULL DEFAULT '',
        tags TEXT NOT NULL DEFAULT '[]',
        sampling TEXT,
        title TEXT NOT NULL,
        system_prompt TEXT NOT NULL DEFAULT '',
        extra TEXT NOT NULL DEFAULT '{}',
        unsent_text TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    INSERT INTO new_conversation
        (number, id, leaf, created_at, updated_at, trashed_at, title, unsent_text)
    SELECT number, id, leaf, created_at, updated_at, trashed_at, title, unsent_text
    FROM conversation
    """,
    "DROP TABLE conversation",
    "ALTER TABLE new_conversation RENAME TO conversation",
    """
    CREATE TABLE new_message (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
        parent INTEGER REFERENCES message (number) CHECK (parent < number),
        role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
        state TEXT NOT NULL CHECK (
            state IN ('complete', 'streaming', 'stopped', 'closed', 'failed', 'interrupted')
        ),
        created_at REAL NOT NULL,
        trashed_at REAL,
        owner TEXT,
        model TEXT NOT NULL DEFAULT '',
        extra TEXT NOT NULL DEFAULT '{}',
        thinking TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL
    )
    """,
    """
    INSERT INTO new_message
        (number, id, conversation, parent, role, state, created_at, model, text)
    SELECT number, id, conversation, parent, role, state, created_at,
        coalesce((SELECT target FROM reply_notes WHERE message = number), ''), text
    FROM message
    """,
    "DROP TABLE message",
    "ALTER TABLE new_message RENAME TO message",
    "CREATE INDEX conversation_by_leaf ON conversation (leaf)",
    "CREATE INDEX conversation_by_folder ON conversation (folder)",
    "CREATE INDEX conversation_by_source ON conversation (source)",
    "CREATE INDEX message_by_conversation ON message (conversation)",
    "CREATE INDEX message_by_parent ON message (parent, conversation)",
    "CREATE INDEX message_under_way ON message (owner) WHERE state = 'streaming'",
    "ALTER TABLE reply_notes ADD COLUMN prompt_tokens INTEGER",
    "ALTER TABLE reply_notes ADD COLUMN prompt_seconds REAL",
    "ALTER TABLE reply_notes ADD COLUMN draft_seconds REAL",
    "ALTER TABLE reply_notes ADD COLUMN target_seconds REAL",
    "ALTER TABLE reply_notes ADD COLUMN other_seconds REAL",
    "ALTER TABLE reply_notes ADD COLUMN sampling TEXT",
    "ALTER TABLE reply_notes ADD COLUMN origins TEXT NOT NULL DEFAULT '[]'",
    # A blob of its own: bytes that several messages share are kept once, and no list reads them.
    "CREATE TABLE content (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL)",
    """
    CREATE TABLE attachment (
        number INTEGER PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
        message INTEGER REFERENCES message (number) ON DELETE CASCADE,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        sha256 TEXT REFERENCES content (sha256),
        extra TEXT NOT NULL,
        text TEXT NOT NULL
    )
    """,
    "CREATE INDEX attachment_by_conversation ON attachment (conversation, message)",
    "CREATE INDEX attachment_by_message ON attachment (message)",
    "CREATE INDEX attachment_by_content ON attachment (sha256)",
    """
    CREATE TABLE change (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        conversation INTEGER REFERENCES conversation (number) ON DELETE CASCADE,
        before TEXT NOT NULL
    )
    """,
    "CREATE INDEX change_by_conversation ON change (conversation)",
)

# docs/adr/0010 says why trigrams. A reply is indexed when it ends: not at each save of its stream.
_SEARCH: Final = (
    "CREATE INDEX message_by_model ON message (model, conversation)",
    """
    CREATE VIEW searchable_message AS
    SELECT number, text FROM message WHERE state <> 'streaming'
    """,
    """
    CREATE VIRTUAL TABLE message_search USING fts5 (
        text, content = 'searchable_message', content_rowid = 'number', tokenize = 'trigram'
    )
    """,
    """
    CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.state <> 'streaming' BEGIN
        INSERT INTO message_search (rowid, text) VALUES (new.number, new.text);
    END
    """,
    """
    CREATE TRIGGER message_changed AFTER UPDATE OF state, text ON message BEGIN
        INSERT INTO message_search (message_search, rowid, text)
        SELECT 'delete', old.number, old.text WHERE old.state <> 'streaming';
        INSERT INTO message_search (rowid, text)
        SELECT new.number, new.text WHERE new.state <> 'streaming';
    END
    """,
    """
    CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.state <> 'streaming' BEGIN
        INSERT INTO message_search (message_search, rowid, text)
        VALUES ('delete', old.number, old.text);
    END
    """,
    """
    CREATE VIRTUAL TABLE title_search USING fts5 (
        title, content = 'conversation', content_rowid = 'number', tokenize = 'trigram'
    )
    """,
    """
    CREATE TRIGGER conversation_added AFTER INSERT ON conversation BEGIN
        INSERT INTO title_search (rowid, title) VALUES (new.number, new.title);
    END
    """,
    """
    CREATE TRIGGER conversation_renamed AFTER UPDATE OF title ON conversation BEGIN
        INSERT INTO title_search (title_search, rowid, title)
        VALUES ('delete', old.number, old.title);
        INSERT INTO title_search (rowid, title) VALUES (new.number, new.title);
    END
    """,
    """
    CREATE TRIGGER conversation_removed AFTER DELETE ON conversation BEGIN
        INSERT INTO title_search (title_search, rowid, title)
        VALUES ('delete', old.number, old.title);
    END
    """,
    "INSERT INTO message_search (message_search) VALUES ('rebuild')",
    "INSERT INTO title_search (title_search) VALUES ('rebuild')",
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_TREES, _ORDER_AND_UNDO, _SEARCH)
"""Step n brings a file of version n to version n + 1."""

"""The files of other apps that the tests of this folder read, at a time that does not change."""

import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Final

from desktop.conversations.importing.detect import read
from desktop.conversations.importing.parsed import Imported, Parsed
from desktop.conversations.importing.sources import Reading, opened
from engine.cancel import CancelToken

GOLDEN: Final = Path(__file__).parents[3] / "golden" / "imports"
MOMENT: Final = 1_767_225_600.0
"""When the copies were written: the time of what has none."""

OLLAMA: Final = """
CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, browser_state TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, chat_id TEXT NOT NULL,
    role TEXT NOT NULL, content TEXT NOT NULL DEFAULT '', thinking TEXT NOT NULL DEFAULT '',
    stream BOOLEAN NOT NULL DEFAULT 0, model_name TEXT, model_cloud BOOLEAN,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    thinking_time_start TIMESTAMP, thinking_time_end TIMESTAMP, tool_result TEXT);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id INTEGER NOT NULL,
    type TEXT NOT NULL, function_name TEXT NOT NULL, function_arguments TEXT NOT NULL,
    function_result TEXT);
CREATE TABLE attachments (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id INTEGER NOT NULL,
    filename TEXT NOT NULL, data BLOB NOT NULL);
INSERT INTO chats VALUES ('0198a5d2-7e5c-7d3a-9f52-1c6f7b9e1f10', 'Moss',
    '2025-08-01 12:00:00.123456789+02:00', '{"x": 1}');
INSERT INTO messages (id, chat_id, role, content, thinking, model_name, created_at, updated_at)
VALUES
    (1, '0198a5d2-7e5c-7d3a-9f52-1c6f7b9e1f10', 'user', 'Is moss a plant?', '', NULL,
        '2025-08-01 12:00:01+02:00', '2025-08-01 12:00:01+02:00'),
    (2, '0198a5d2-7e5c-7d3a-9f52-1c6f7b9e1f10', 'assistant', '', 'Let me look.', 'gpt-oss:20b',
        '2025-08-01 12:00:02+02:00', '2025-08-01 12:00:03+02:00'),
    (3, '0198a5d2-7e5c-7d3a-9f52-1c6f7b9e1f10', 'tool', 'Bryophyta', '', NULL,
        '2025-08-01 12:00:04+02:00', '2025-08-01 12:00:04+02:00'),
    (4, '0198a5d2-7e5c-7d3a-9f52-1c6f7b9e1f10', 'assistant', 'Yes.', '', 'gpt-oss:20b',
        '2025-08-01 12:00:05+02:00', '2025-08-01 12:00:05+02:00');
INSERT INTO tool_calls VALUES (1, 2, 'function', 'web_search', '{"query":"moss"}', NULL);
INSERT INTO attachments VALUES (1, 1, 'moss.txt', CAST('green' AS BLOB));
"""


def copied(name: str, folder: Path) -> Path:
    """A copy of a golden file or folder of another app."""
    copy = folder / Path(name).name
    source = GOLDEN / name
    if source.is_dir():
        shutil.copytree(source, copy)
    else:
        copy.write_bytes(source.read_bytes())
    os.utime(copy, (MOMENT, MOMENT))
    return copy


def zipped(folder: Path) -> Path:
    """The folder as an archive beside it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder).as_posix())
    os.utime(path, (MOMENT, MOMENT))
    return path


def ollama_file(folder: Path) -> Path:
    """A database as Ollama's app keeps it."""
    path = folder / "db.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLLAMA)
    os.utime(path, (MOMENT, MOMENT))
    return path


def all_of(path: Path) -> list[Parsed]:
    """Everything that is read of a file or folder."""
    with opened(path) as source:
        return list(read(Reading(source, CancelToken())))


def imported(path: Path) -> list[Imported]:
    """The conversations, all of which must be readable."""
    parsed = all_of(path)
    conversations = [one for one in parsed if isinstance(one, Imported)]
    assert conversations == parsed
    return conversations

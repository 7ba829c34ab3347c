"""Which version the conversations file has, and the steps from each version to the next.

`PRAGMA user_version` counts the steps done; `tables.py` has their SQL.
"""

from contextlib import closing
from functools import cache
from typing import Final

from desktop.conversations.database import Database
from desktop.conversations.disk import DamagedDatabase, NewerDatabase, damaged
from desktop.conversations.tables import APPLICATION_ID, MIGRATIONS
from engine.language import tr

_COLUMNS: Final = """
    SELECT tables.name, columns.name AS what, columns.type, columns."notnull", columns.pk
    FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT GLOB '*_search*'
"""
_KEYS: Final = """
    SELECT tables.name, columns.name AS what, keys."unique", columns.seqno, 0
    FROM sqlite_master AS tables
    JOIN pragma_index_list(tables.name) AS keys JOIN pragma_index_info(keys.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT GLOB '*_search*'
"""
"""The tables of the search are SQLite's own."""


def check(database: Database) -> None:
    """Refuse a file that is not ours or comes from a newer Outrider."""
    is_empty = not database.rows("SELECT 1 FROM sqlite_master LIMIT 1")
    if not is_empty and database.pragma("application_id") != APPLICATION_ID:
        raise DamagedDatabase(tr("The conversations file belongs to another program."))
    if version(database) > len(MIGRATIONS):
        raise NewerDatabase(
            tr("A newer Outrider saved these conversations."),
            hint=tr("Update Outrider to open them."),
        )


def check_tables(database: Database) -> None:
    """Refuse a file in whose tables something is missing that the newest version has."""
    missing = _shape_of_new() - _shape(database)
    _require_ok(database, f"{len(missing)} columns or keys are missing" if missing else "ok")


@cache
def _shape_of_new() -> frozenset[tuple[object, ...]]:
    with closing(Database(None)) as database:
        migrate(database)
        return _shape(database)


def _shape(database: Database) -> frozenset[tuple[object, ...]]:
    """Columns and keys; not the SQL, which other versions of SQLite write otherwise."""
    rows = [*database.rows(_COLUMNS), *database.rows(_KEYS)]
    return frozenset(tuple(row) for row in rows)


def check_pages(database: Database) -> None:
    """Refuse a file in which a page or a row is damaged: reads all of it."""
    _require_ok(database, database.pragma("quick_check(1)"))


def check_thoroughly(database: Database) -> None:
    """Refuse a file in which anything is damaged, also an index, or refers to what is not there."""
    _require_ok(database, database.pragma("integrity_check(1)"))
    lost = database.rows("PRAGMA foreign_key_check")
    _require_ok(database, f"{len(lost)} lost references" if lost else "ok")


def size(database: Database) -> tuple[int, int]:
    """How many conversations and messages there are, with the trash."""
    (row,) = database.rows(
        "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM message)"
    )
    return row[0], row[1]


def _require_ok(database: Database, report: str) -> None:
    if report != "ok":
        database.suspect()
        raise damaged(report)


def migrate(database: Database) -> None:
    """Bring the file to the newest version; each step happens wholly or not at all.

    Foreign keys must not be enforced: some steps make a table anew under its old name.
    """
    while version(database) < len(MIGRATIONS):
        with database.transaction():
            # Read again inside the transaction: another process may have been faster.
            found = version(database)
            for statement in MIGRATIONS[found] if found < len(MIGRATIONS) else ():
                database.change(statement)
            database.change(f"PRAGMA user_version = {min(found + 1, len(MIGRATIONS))}")


def newest() -> int:
    """The version that `migrate` leads to."""
    return len(MIGRATIONS)


def version(database: Database) -> int:
    """How many steps the file has behind it; 0 is an empty file."""
    return int(database.pragma("user_version"))

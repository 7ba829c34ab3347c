"""The rows of a damaged database that can still be read."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from typing import Final

from desktop.conversations.database import Database
from engine.errors import DiskTrouble

MAX_FAILURES: Final = 5_000
"""Unreadable ranges of one table after which the rest is given up: some seconds."""
MAX_FAILURES_AT_FIRST: Final = 200
"""The same while no row could be read: most likely none can."""
_FURTHEST: Final = 1 << 40
_BATCH: Final = 200


class ReadableRows:
    """Reads a table in ranges of row ids; a range that fails is halved until single rows are left.

    So a spoilt page costs the rows on it and nothing else. The widest ranges come first, so rows
    come in no order.
    """

    def __init__(self, source: Database, table: str, columns: list[str]) -> None:
        self._source = source
        self._table = table
        self._sql = (
            f"SELECT rowid AS row_id, {', '.join(columns)} FROM {table} "  # noqa: S608  our tables
            "WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?"
        )

    def __iter__(self) -> Iterator[sqlite3.Row]:
        ranges = deque([(0, self._last_row_id())])
        failures, failures_left = 0, MAX_FAILURES_AT_FIRST
        while ranges and failures < failures_left:
            first, last = ranges.popleft()
            try:
                rows = self._source.rows(self._sql, first, last, _BATCH)
            except DiskTrouble:
                failures += 1
                ranges.extend(_halves(first, last))
                continue
            yield from rows
            if rows:
                failures_left = MAX_FAILURES
            if len(rows) == _BATCH:
                ranges.appendleft((rows[-1]["row_id"] + 1, last))

    def _last_row_id(self) -> int:
        try:
            rows = self._source.rows(f"SELECT max(rowid) FROM {self._table}")  # noqa: S608  ours
        except DiskTrouble:
            return _FURTHEST
        return int(rows[0][0] or 0)


def _halves(first: int, last: int) -> list[tuple[int, int]]:
    if first >= last:
        return []
    middle = (first + last) // 2
    return [(first, middle), (middle + 1, last)]

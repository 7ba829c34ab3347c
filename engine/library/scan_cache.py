"""What was read of model files, in SQLite: by path, size and time of change.

It can always be read again. So whatever is wrong with the file, it counts as empty, and a disk that
refuses costs only time.
"""

import json
import logging
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from engine import language, paths
from engine.errors import DiskTrouble
from engine.library.chat_fitness import ModelKind
from engine.library.listing import ListedModel
from engine.library.metadata import ModelInfo
from engine.library.pair import PairVerdict
from engine.library.vocabulary import Fingerprint, TextEdge

log = logging.getLogger("outrider.library")

_FORMAT: Final = 2
"""To be raised whenever a header is judged in another way: what is known is read again then."""
_TROUBLES: Final = (sqlite3.Error, UnicodeError)
"""A path may hold bytes that are no text, which SQLite cannot keep."""
_BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE model (
    path TEXT PRIMARY KEY, root TEXT NOT NULL, signature TEXT NOT NULL, listed TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE root (path TEXT PRIMARY KEY, device INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE verdict (
    target TEXT, draft TEXT, compatible INTEGER NOT NULL, sentence TEXT NOT NULL,
    PRIMARY KEY (target, draft)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class KnownModel:
    """A line of the list as it was read from a file with this signature."""

    root: Path
    signature: str
    listed: ListedModel


class ScanCache:
    """An open cache, for one thread; a context manager. No method raises."""

    def __init__(self, file: Path | None = None) -> None:
        self._connection = _open(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()

    def models(self) -> dict[Path, KnownModel]:
        """Everything that is known, by path."""
        rows = self._rows("SELECT path, root, signature, listed FROM model")
        known = {Path(path): _known(path, *rest) for path, *rest in rows}
        return {path: model for path, model in known.items() if model is not None}

    def keep(self, model: KnownModel) -> None:
        """Remember a line of the list."""
        self._run(
            "REPLACE INTO model VALUES (?, ?, ?, ?)",
            *(str(model.listed.path), str(model.root), model.signature, _packed(model.listed)),
        )

    def forget(self, path: Path) -> None:
        """The file is gone for good."""
        self._run("DELETE FROM model WHERE path = ?", str(path))

    def device(self, root: Path) -> int | None:
        """The device that a folder was on when it was last searched."""
        rows = self._rows("SELECT device FROM root WHERE path = ?", str(root))
        return rows[0][0] if rows else None

    def keep_device(self, root: Path, device: int) -> None:
        """Remember the device that a folder is on."""
        # SQLite's integers have a sign; some systems' device numbers use all 64 bits.
        self._run("REPLACE INTO root VALUES (?, ?)", str(root), device & ((1 << 63) - 1))

    def verdict(self, target: Fingerprint, draft: Fingerprint) -> PairVerdict | None:
        """What was found when the tokens of the two vocabularies were compared."""
        rows = self._rows(
            "SELECT compatible, sentence FROM verdict WHERE target = ? AND draft = ?",
            *(target.digest, draft.digest),
        )
        return PairVerdict(bool(rows[0][0]), str(rows[0][1])) if rows else None

    def keep_verdict(self, target: Fingerprint, draft: Fingerprint, verdict: PairVerdict) -> None:
        """Remember it."""
        values = target.digest, draft.digest, int(verdict.compatible), verdict.sentence
        self._run("REPLACE INTO verdict VALUES (?, ?, ?, ?)", *values)

    def _rows(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except _TROUBLES as error:
            log.warning("The list of models cannot be recalled: %s", error)
            return []

    def _run(self, sql: str, *values: str | int) -> None:
        try:
            self._connection.execute(sql, values)
        except _TROUBLES as error:
            log.warning("The list of models is not kept: %s", error)


def _open(file: Path | None) -> sqlite3.Connection:
    try:
        # It holds sentences: each language has its own.
        path = file or paths.cache_dir() / f"models-{language.spoken()}.sqlite"
        return _connect(path)
    except sqlite3.DatabaseError as error:
        log.warning("The list of models is read anew: %s", error)
        path.unlink(missing_ok=True)
    except (OSError, DiskTrouble) as error:
        log.warning("The list of models is not kept: %s", error)
    return _connect(Path(":memory:"))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            _begin_anew(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin_anew(connection: sqlite3.Connection) -> None:
    for table in ("model", "root", "verdict"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_FORMAT}; COMMIT")


def _packed(listed: ListedModel) -> str:
    values = asdict(listed)
    del values["path"]
    if values["info"]:
        del values["info"]["path"]
    return json.dumps(values)


def _known(path: str, root: str, signature: str, listed: str) -> KnownModel | None:
    try:
        values = json.loads(listed)
        info = values.pop("info")
        model = ListedModel(path=Path(path), info=info and _info(Path(path), info), **values)
        return KnownModel(Path(root), signature, model)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        log.warning("What is known of %s is not used: %s", path, error)
        return None


def _info(path: Path, values: Mapping[str, Any]) -> ModelInfo:
    return replace(
        ModelInfo(path=path, **values),
        kind=ModelKind(values["kind"]),
        head_counts=tuple(values["head_counts"]),
        head_counts_kv=tuple(values["head_counts_kv"]),
        vocabulary=_fingerprint(values["vocabulary"]),
    )


def _fingerprint(values: list[Any] | None) -> Fingerprint | None:
    if values is None:
        return None
    kind, model, label, size, begin, end, digest = values
    return Fingerprint(kind, model, label, size, TextEdge(*begin), TextEdge(*end), digest)

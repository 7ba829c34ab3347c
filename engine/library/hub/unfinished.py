"""Downloads that are not finished, as they lie on the disk: readable after any end of a program.

Beside the first part file of a model lies a sidecar in JSON. It is there from the moment the
download is asked for until its files are placed or thrown away.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from engine.errors import DiskTrouble
from engine.language import tr
from engine.library.hub.cache import SIDECAR_SUFFIX, RepoCache, write_whole
from engine.library.hub.names import is_commit, is_repo, is_safe_path, is_sha256, is_size
from engine.library.hub.values import RemoteFile, RemoteModel
from engine.library.printable import printable

_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class Origin:
    """Where a file began to arrive from, and the ETag it had there; "" for none."""

    url: str
    etag: str


@dataclass(frozen=True)
class Unfinished:
    """A model on its way, and what is known of its files by their SHA-256."""

    model: RemoteModel
    begun: Mapping[str, Origin] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    """Files that are here and have been checked."""

    def etag(self, file: RemoteFile, url: str) -> str:
        """The ETag with which `file` began to arrive from `url`."""
        origin = self.begun.get(file.sha256)
        return origin.etag if origin and origin.url == url else ""

    def with_origin(self, file: RemoteFile, origin: Origin) -> Self:
        """The same after `file` began to arrive."""
        return replace(self, begun={**self.begun, file.sha256: origin})

    def with_whole(self, file: RemoteFile) -> Self:
        """The same after `file` was checked."""
        return replace(self, whole=self.whole | {file.sha256})


def save(cache: RepoCache, unfinished: Unfinished) -> None:
    """Write the sidecar, the whole of it or nothing."""
    cache.make_folders()
    record = asdict(unfinished) | {"whole": sorted(unfinished.whole)}
    write_whole(cache.sidecar(unfinished.model), json.dumps(record, indent=1))


def load(path: Path) -> Unfinished | None:
    """What the sidecar `path` says; None if it cannot be read or makes no sense."""
    with suppress(OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        if path.stat().st_size <= _MOST_BYTES:
            return _parsed(json.loads(path.read_text(encoding="utf-8")))
    return None


def list_unfinished(cache_folder: Path) -> list[Unfinished]:
    """All downloads in the cache that are not finished, the oldest first."""
    try:
        paths = sorted(cache_folder.glob(f"models--*/blobs/*{SIDECAR_SUFFIX}"), key=_age)
    except OSError:
        return []
    return [found for path in paths if (found := load(path)) is not None]


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def discard(cache: RepoCache, model: RemoteModel) -> None:
    """Remove what has arrived of `model`.

    Raises `DiskTrouble` where that is not allowed or another program is downloading it.
    """
    try:
        with cache.locked(model):
            for file in model.files:
                cache.part(file).unlink(missing_ok=True)
            cache.sidecar(model).unlink(missing_ok=True)
    except OSError as error:
        raise DiskTrouble(
            tr("What has arrived of {name} cannot be removed.").format(name=printable(model.name)),
            detail=str(error),
        ) from error


def _parsed(record: dict[str, Any]) -> Unfinished:
    told = record["model"]
    files = tuple(RemoteFile(f["path"], f["size"], f["sha256"]) for f in told["files"])
    checks = (
        is_repo(told["repo"]),
        is_commit(told["commit"]),
        files,
        *(is_safe_path(file.path) for file in files),
        *(is_size(file.size) and is_sha256(file.sha256) for file in files),
    )
    if not all(checks):
        raise ValueError("not what was saved")
    return Unfinished(
        model=RemoteModel(
            told["repo"], told["commit"], files, printable(str(told["quantization"]))
        ),
        begun={
            str(sha256): Origin(str(origin["url"]), str(origin["etag"]))
            for sha256, origin in record["begun"].items()
        },
        whole=frozenset(str(sha256) for sha256 in record["whole"]),
    )

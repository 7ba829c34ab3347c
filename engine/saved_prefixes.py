"""Prefixes on the disk: going back to a long conversation does not process its text again.

A folder holds the prefixes of one model with one kind of KV cache. Each is a file of llama.cpp's
own form, which begins with the tokens, and a checksum behind it: llama.cpp is given only what was
written whole. The oldest go when all folders together grow beyond the limit.
"""

import hashlib
import json
import logging
import os
import shutil
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from engine.config import KvType
from engine.library.low_bit import model_identity
from engine.llama.version import version
from engine.paths import cache_dir, private
from engine.ports import SlotFiles
from engine.prefill import Prefix, common_length

log = logging.getLogger("outrider.saved_prefixes")

_FORMAT: Final = 1
LEAST_TOKENS: Final = 256
"""Fewer are processed again about as fast as they are read, and are not worth the space."""
_SPARE_DISK: Final = 1 << 30
_HEAD: Final = struct.Struct("<8xI")
"""llama.cpp's magic and version, which it checks itself, and the number of tokens."""
_DIGEST_SIZE: Final = hashlib.sha256().digest_size
_CHUNK: Final = 1 << 20


def prefix_folder(model: Path, kv_type: KvType) -> Path:
    """Where the prefixes of this model are. Raises `ModelNotFound`, `DiskTrouble`."""
    key = json.dumps([_FORMAT, version(), model_identity(model), kv_type])
    return cache_dir() / "prefixes" / hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class _Found:
    path: Path
    tokens: list[int]
    shared: int
    """How many of its tokens are those that come next."""


@dataclass(frozen=True)
class SavedPrefixes:
    """The files of one folder, and the KV cache they are for.

    `whole`: a prefix from a file can only be kept as a whole, because a cache with a window does
    not save what lies before it. A disk that refuses costs only processing the text again.
    """

    folder: Path
    cache: SlotFiles
    limit: int
    """Bytes of all folders beside this one together."""
    whole: bool = False

    def switch(self, prefix: Prefix, tokens: Sequence[int], *, save: bool) -> None:
        """`tokens` come next: save what will be lost, if `save`, and bring back what helps."""
        shared = common_length(prefix.tokens, tokens)
        lost = len(prefix) - shared
        if save and lost >= max(LEAST_TOKENS, len(prefix) // 2):
            self.save(prefix)
        found = self._best(tokens, prefix.model.context_length)
        if found is not None and found.shared - shared >= LEAST_TOKENS:
            self._load(found, prefix)

    def save(self, prefix: Prefix) -> None:
        """Write the prefix, whole or not at all, in place of those that it goes on from."""
        if len(prefix) < LEAST_TOKENS:
            return
        path = self.folder / f"{_name(prefix.tokens)}.kv"
        try:
            if path.exists():
                os.utime(path)
            else:
                self._write(prefix.tokens, path)
        except OSError as error:
            log.warning("A prefix of %d tokens is not saved: %s", len(prefix), error)

    def _write(self, tokens: Sequence[int], path: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._drop_beginnings(tokens)
        self._make_room(self.cache.slot_bytes())
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.cache.save_slot(private(part), tokens)
            _seal(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _best(self, tokens: Sequence[int], room: int) -> _Found | None:
        found = []
        for path in self.folder.glob("*.kv"):
            held = _tokens_in(path)
            shared = common_length(held, tokens)
            if len(held) <= room and (shared == len(held) or not self.whole):
                found.append(_Found(path, held, shared))
        return max(found, key=lambda file: file.shared, default=None)

    def _load(self, found: _Found, prefix: Prefix) -> None:
        prefix.forget()
        tokens = self.cache.load_slot(found.path) if _is_sealed(found.path) else None
        if tokens == found.tokens:
            prefix.adopt(tokens, whole=self.whole)
            with suppress(OSError):
                os.utime(found.path)
            return
        prefix.forget()
        log.warning("%s is damaged and not used.", found.path.name)
        with suppress(OSError):
            found.path.unlink(missing_ok=True)

    def _drop_beginnings(self, tokens: Sequence[int]) -> None:
        """Delete what the new file holds too: earlier states of the same conversation."""
        for path in self.folder.glob("*.kv"):
            held = _tokens_in(path)
            if common_length(held, tokens) == len(held):
                path.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Delete the files that were not used for longest; `OSError` where that is not enough."""
        root = self.folder.parent
        free = shutil.disk_usage(root).free
        if size > self.limit or size + _SPARE_DISK > free:
            raise OSError(f"it needs {size:,} bytes of {min(self.limit, free):,}")
        files = sorted(
            (file.stat().st_mtime, file.stat().st_size, file) for file in root.glob("*/*")
        )
        used = sum(length for _, length, _ in files)
        for _, length, file in files:
            if used + size <= self.limit:
                return
            file.unlink(missing_ok=True)
            used -= length


def _name(tokens: Sequence[int]) -> str:
    return hashlib.sha256(np.array(tokens, dtype=np.int32).tobytes()).hexdigest()[:32]


def _tokens_in(path: Path) -> list[int]:
    """The tokens that the file begins with; none where it is no such file."""
    try:
        with path.open("rb") as file:
            (count,) = _HEAD.unpack(file.read(_HEAD.size))
            if _HEAD.size + 4 * count + _DIGEST_SIZE > path.stat().st_size:
                return []
            tokens: list[int] = np.frombuffer(file.read(4 * count), dtype=np.int32).tolist()
    except (OSError, struct.error):
        return []
    return tokens


def _seal(path: Path) -> None:
    """Add the checksum, and have the disk take it all."""
    with path.open("r+b") as file:
        digest = _digest(file, path.stat().st_size)
        file.seek(0, os.SEEK_END)
        file.write(digest)
        file.flush()
        os.fsync(file.fileno())


def _is_sealed(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            digest = _digest(file, path.stat().st_size - _DIGEST_SIZE)
            return file.read() == digest
    except OSError:
        return False


def _digest(file: BinaryIO, size: int) -> bytes:
    """Of the first `size` bytes; the file then stands behind them."""
    digest = hashlib.sha256()
    left = size
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.digest()

"""How fast this machine reads its memory and its disks: measured once, then remembered."""

import json
import logging
import mmap
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.cancel import CancelToken
from engine.machine import usable_cores
from engine.paths import cache_dir, keep_if_possible

log = logging.getLogger("outrider.machine")

_DISK_SECONDS: Final = 1.0
_DISK_BYTES: Final = 512 << 20
_LEAST_BYTES: Final = 32 << 20
"""Less says little about a disk."""
_CHUNK: Final = 8 << 20
_RAM_BYTES: Final = 128 << 20
"""More than most caches hold."""
_RAM_PASSES: Final = 5


def disk_speed(path: Path, cancel: CancelToken) -> float | None:
    """Bytes per second of reading the file's disk, past the page cache; None where unknown.

    Takes about a second the first time. Raises `Cancelled`, `OSError`.
    """
    return _remembered(f"disk {path.stat().st_dev}", lambda: _read_disk(path, cancel))


def ram_bandwidth(cancel: CancelToken) -> float | None:
    """Bytes per second of reading memory with all cores. Takes about a tenth of a second."""
    cancel.check()
    return _remembered("ram", _read_ram)


def _remembered(name: str, measure: Callable[[], float | None]) -> float | None:
    file = cache_dir() / "speeds.json"
    known = _load(file)
    if name not in known and (speed := measure()) is not None:
        known[name] = speed
        keep_if_possible(file, json.dumps(known))
    return known.get(name)


def _load(file: Path) -> dict[str, float]:
    try:
        data: dict[str, Any] = json.loads(file.read_text())
        return {name: float(speed) for name, speed in data.items() if float(speed) > 0}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("%s is not used: %s", file.name, error)
        return {}


def _read_disk(path: Path, cancel: CancelToken) -> float | None:
    """From the middle of the file, where nobody has just read its header."""
    file = _open_uncached(path)
    if file is None:
        return None
    try:
        offset = os.fstat(file).st_size // 2 // _CHUNK * _CHUNK
        with mmap.mmap(-1, _CHUNK) as buffer:  # aligned to pages, as direct reading needs it
            done, start, seconds = 0, time.perf_counter(), 0.0
            while done < _DISK_BYTES and seconds < _DISK_SECONDS:
                cancel.check()
                count = os.preadv(file, [buffer], offset + done)
                done, seconds = done + count, time.perf_counter() - start
                if count < _CHUNK:
                    break
    finally:
        os.close(file)
    return done / seconds if done >= _LEAST_BYTES else None


def _open_uncached(path: Path) -> int | None:
    """A descriptor whose reads come from the disk; None where the system has no such thing."""
    file = None
    if sys.platform == "linux":
        try:
            file = os.open(path, os.O_RDONLY | os.O_DIRECT)
        except OSError:  # a file system without direct reading
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    elif sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - Windows has none

        file = os.open(path, os.O_RDONLY)
        fcntl.fcntl(file, fcntl.F_NOCACHE, 1)
    return file


def _read_ram() -> float:
    cores = usable_cores()
    arrays = [np.ones(_RAM_BYTES // 8 // cores, dtype=np.uint64) for _ in range(cores)]
    size = sum(array.nbytes for array in arrays)
    best = 0.0
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(_RAM_PASSES):
            start = time.perf_counter()
            list(pool.map(np.max, arrays))
            best = max(best, size / (time.perf_counter() - start))
    return best

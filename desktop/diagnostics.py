"""What helps others to find a fault: versions, memory, devices, errors. It holds no message."""

import platform
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import psutil

from desktop.engine_port import SessionInfo

_PARTS: Final = ("outrider", "PySide6-Essentials", "llama-cpp-python", "numpy")
_LAST: Final = 20
_LONGEST: Final = 200
_TROUBLE: Final = re.compile(r"[-0-9]+ [0-9:,]+ (WARNING|ERROR|CRITICAL) outrider\.")
"""The first line of a record: the others may hold what a template or a file said."""


def diagnostics(info: SessionInfo | None, log: Path) -> str:
    """A few lines of text to send to whoever looks into a fault."""
    memory = psutil.virtual_memory()
    lines = [
        *(f"{part} {_version(part)}" for part in _PARTS),
        f"Python {platform.python_version()}, {platform.platform()}",
        f"{psutil.cpu_count()} hardware threads",
        f"{_gigabytes(memory.available)} of {_gigabytes(memory.total)} memory free",
        *_loaded(info),
        "Last warnings and errors:",
        *(_last_troubles(log) or ["none"]),
    ]
    return "\n".join(lines) + "\n"


def _loaded(info: SessionInfo | None) -> Iterator[str]:
    if info is None:
        yield "No model is loaded."
        return
    yield f"Target {info.target_name}, draft {info.draft_name or 'none'}"
    yield f"Context {info.context_length} tokens"
    yield info.plan
    yield from (f"{name}: {_gigabytes(size)}" for name, size in info.held.memory.items())
    for endpoint in info.held.workers:
        yield f"Worker at {endpoint}"


def _last_troubles(log: Path) -> list[str]:
    try:
        lines: Iterable[str] = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line[:_LONGEST] for line in lines if _TROUBLE.match(line)][-_LAST:]


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:  # a package keeps no metadata of some
        return "of unknown version"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"

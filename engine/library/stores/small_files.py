"""Reads the small text files of other apps: never a large one, a pipe, or an error."""

import json
import stat
from pathlib import Path
from typing import Any, Final

MAX_BYTES: Final = 1 << 20


def read_text(path: Path) -> str:
    """The text of a file; "" where there is none of at most a MiB, or it cannot be read."""
    try:
        # Before opening: opening a pipe would wait for its other end.
        if not stat.S_ISREG(path.stat().st_mode):
            return ""
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        return content.decode() if len(content) <= MAX_BYTES else ""
    except (OSError, ValueError):
        return ""


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; {} where there is none."""
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def text_in(content: dict[str, Any], key: str) -> str:
    """The text under a key; "" where there is none."""
    value = content.get(key)
    return value if isinstance(value, str) else ""

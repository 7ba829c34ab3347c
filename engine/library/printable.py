"""Untrusted text and byte counts, made fit for one line of a terminal or a dialog."""

from pathlib import Path
from typing import Final

from engine.language import decimal, tr, whole

NAME_LIMIT: Final = 80
_UNITS: Final = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def printable(text: str, limit: int = NAME_LIMIT) -> str:
    """`text` on one line without control or bidi characters, at most `limit` long."""
    shown = "".join(char if char.isprintable() else " " for char in text[: 4 * limit])
    return shorten(" ".join(shown.split()), limit)


def escaped(text: str, limit: int = 40) -> str:
    r"""`text` with what cannot be printed written as `\n`, `\x00`, `\u200b`."""
    shown = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text[: 4 * limit]
    )
    return shorten(shown, limit)


def shorten(text: str, limit: int) -> str:
    """`text`, its end replaced by an ellipsis where it is longer than `limit`."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def shown_name(path: Path) -> str:
    """The file's name as an error sentence begins with it."""
    return printable(path.name or str(path))


def shown_size(size: int) -> str:
    """`98.4 MB`."""
    unit, scale = _unit(size)
    return f"{decimal(size / scale)} {unit}" if unit else tr("{size} bytes").format(size=size)


def shown_part(present: int, wanted: int) -> str:
    """`6.2 of 18.6 GB`, or whole bytes where that would not show the difference."""
    unit, scale = _unit(wanted)
    have, want = decimal(present / scale), decimal(wanted / scale)
    return (
        tr("{have} of {want} {unit}").format(have=have, want=want, unit=unit)
        if unit and have != want
        else tr("{present} of {wanted} bytes").format(present=whole(present), wanted=whole(wanted))
    )


def _unit(size: int) -> tuple[str, float]:
    return next(((unit, scale) for unit, scale in _UNITS if size >= scale), ("", 1.0))

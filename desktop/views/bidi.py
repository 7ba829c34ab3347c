"""Texts of either direction in painted lines."""

import unicodedata
from typing import Final

_ISOLATE, _END = "\u2068", "\u2069"
_STRONG: Final = ("L", "R", "AL")


def isolated(text: str) -> str:
    """The text in its own direction, whatever the direction of the window around it."""
    return f"{_ISOLATE}{text}{_END}"


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is of a right-to-left script."""
    directions = map(unicodedata.bidirectional, text)
    return next((one for one in directions if one in _STRONG), "L") != "L"

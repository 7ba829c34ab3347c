"""Fenced blocks of Markdown that nothing inside can end early."""

import re
from typing import Final

_TICKS: Final = re.compile(r"`{3,}")


def fenced(text: str, info: str = "") -> str:
    """The text in a fence longer than every one that it holds; `info` names its language."""
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    name = " ".join(info.replace("`", "'").split())
    return f"{fence}{name}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"

"""Which character of a reply's source stands behind each character that is shown of it.

Markdown shows less than was written: marks, link addresses and indentation are gone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desktop.rounds import TokenSpan

_FARTHEST: Final = 400
"""So many characters of the source may be missing in a row, such as the address of a link."""
_BEYOND_16_BIT: Final = 0xFFFF
_FENCE: Final = re.compile(r"(?:`{3,}|~{3,})[^\n]*\n")


@dataclass(frozen=True)
class Mark:
    """Characters that are shown of one token, counted as Qt does: in units of 16 bits."""

    start: int
    end: int
    span: TokenSpan


def align(source: str, start: int, shown: str) -> tuple[list[int], int]:
    """The place in `source` of each shown character, from `start` on, and where to go on.

    -1 stands for what is not in the source. Any white space is as good as another.
    """
    places = []
    for character in shown:
        found = _find(source, start, character)
        places.append(found)
        start = found + 1 if found >= 0 else start
    return places, start


def align_code(source: str, start: int, code: str) -> tuple[list[int], int]:
    """The same for a block of code: the line that opens it names a language and is not shown."""
    opened = _FENCE.search(source, start, start + _FARTHEST)
    first_line = code.lstrip().partition("\n")[0]
    if opened and source[opened.end() :].lstrip().startswith(first_line):
        start = opened.end()
    return align(source, start, code)


def _find(source: str, start: int, character: str) -> int:
    if source[start : start + 1] == character:
        return start
    if character.isspace():
        # What stands for a paragraph's end must not run ahead of the text.
        return start if source[start : start + 1].isspace() else -1
    return source.find(character, start, start + _FARTHEST)


def marks(places: Sequence[int], shown: str, spans: Sequence[TokenSpan]) -> list[Mark]:
    """What is shown of each token; `spans` and `places` run forwards."""
    found: list[Mark] = []
    position, ahead = 0, iter(spans)
    span = next(ahead, None)
    for place, character in zip(places, shown, strict=True):
        end = position + (2 if ord(character) > _BEYOND_16_BIT else 1)
        while span and place >= span.end:
            span = next(ahead, None)
        if span and span.start <= place:
            last = found[-1] if found else None
            joined = last is not None and last.span is span and last.end == position
            if joined:
                found[-1] = Mark(found[-1].start, end, span)
            else:
                found.append(Mark(position, end, span))
        position = end
    return found

"""What the person types into the search field, and where it stands in a text.

Words are looked for everywhere in a text, also inside other words, and all must be there. What
stands in quotation marks is looked for as it is, with its spaces. Nothing else has a meaning.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from desktop.conversations.database import storable_text

INDEXED_CHARACTERS: Final = 3
"""The index knows terms of this length and more."""
MAX_TERMS: Final = 16
MAX_TERM: Final = 200

_TERM: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')
_SNIPPET_CHARACTERS: Final = 120
_LEAD_CHARACTERS: Final = 40


@dataclass(frozen=True)
class Mark:
    """Characters `start` to `end` of a text are a hit."""

    start: int
    end: int


@dataclass(frozen=True)
class Snippet:
    """The part of a text around its first hit, on one line."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Query:
    """The terms of a search; each must occur."""

    terms: tuple[str, ...]
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The longest first: of two terms that begin at the same place the longer one is the hit.
        longest_first = sorted(self.terms, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)", re.IGNORECASE)
        object.__setattr__(self, "_pattern", pattern)

    @classmethod
    def parse(cls, typed: str) -> "Query":
        """The first `MAX_TERMS` terms, each cut after `MAX_TERM` characters."""
        # NUL ends SQLite's own strings, so it cannot be looked for.
        found = _TERM.finditer(storable_text(typed).replace("\0", " "))
        terms = dict.fromkeys((match[1] or match[2] or "").strip()[:MAX_TERM] for match in found)
        return cls(tuple(term for term in terms if term)[:MAX_TERMS])

    @property
    def indexed(self) -> str:
        """The terms that the index knows, in its own syntax; "" if there is none."""
        long = (term for term in self.terms if len(term) >= INDEXED_CHARACTERS)
        return " ".join('"' + term.replace('"', '""') + '"' for term in long)

    @property
    def short(self) -> tuple[str, ...]:
        """The terms that the index does not know."""
        return tuple(term for term in self.terms if len(term) < INDEXED_CHARACTERS)

    def marks(self, text: str) -> list[Mark]:
        """Every hit in a text, in order, for highlighting."""
        return list(_marks(self._pattern.finditer(text)))

    def snippet(self, text: str) -> Snippet:
        """The surroundings of the first hit; the beginning of the text if there is none."""
        first = self._pattern.search(text)
        start = _word_start(text, max(0, first.start() - _LEAD_CHARACTERS)) if first else 0
        end = start + _SNIPPET_CHARACTERS
        marks = _marks(self._pattern.finditer(text, start, end))
        before, after = "…" if start else "", "…" if end < len(text) else ""
        shift = len(before) - start
        # Each character becomes one character, or the marks would not fit any more.
        line = "".join(" " if one.isspace() else one for one in text[start:end])
        moved = tuple(Mark(mark.start + shift, mark.end + shift) for mark in marks)
        return Snippet(before + line + after, moved)


def _marks(matches: Iterable[re.Match[str]]) -> Iterator[Mark]:
    return (Mark(*match.span()) for match in matches)


def _word_start(text: str, place: int) -> int:
    """The first beginning of a word from `place` on, within half the lead; else `place`."""
    space = re.compile(r"\s").search(text, place, place + _LEAD_CHARACTERS // 2)
    return space.end() if place and space else place

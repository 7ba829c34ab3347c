"""Finding by a few letters: they must come in this order, best at the starts of words.

Scorers of edit distance rank a typing mistake high and an abbreviation low; a palette is typed in
abbreviations ("nc" for New conversation), so this looks for subsequences.
"""

from dataclasses import dataclass
from typing import Final

_WORD_START: Final = 8.0
_NEXT_TO: Final = 8.0
_LETTER: Final = 1.0
_GAP: Final = 0.2
_LENGTH: Final = 0.02


@dataclass(frozen=True)
class Match:
    """How well a text matches, and which of its letters do."""

    score: float
    positions: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """How well `text` matches every word of `query`; None where a letter is missing."""
    folded = text.lower()
    # Some letters become two in lower case; then the positions would be those of another text.
    folded = folded if len(folded) == len(text) else text
    total, positions = -_LENGTH * len(text), set[int]()
    for word in query.lower().split():
        found = _best(word, folded)
        if found is None:
            return None
        total += found.score
        positions.update(found.positions)
    return Match(total, tuple(sorted(positions)))


def _best(word: str, text: str) -> Match | None:
    """The best of the matches that begin at each place where they can."""
    best: Match | None = None
    start = text.find(word[0])
    while start >= 0:
        found = _from(word, text, start)
        if found is None:
            break  # later starts see even less of the text
        if best is None or found.score > best.score:
            best = found
        start = text.find(word[0], start + 1)
    return best


def _from(word: str, text: str, start: int) -> Match | None:
    positions = [start]
    for letter in word[1:]:
        at = _next(letter, text, positions[-1])
        if at < 0:
            return None
        positions.append(at)
    before = (-1, *positions)
    score = sum(_worth(text, at, last) for last, at in zip(before, positions, strict=False))
    return Match(score, tuple(positions))


def _next(letter: str, text: str, last: int) -> int:
    """Right after the last one, else at the start of a word, else anywhere behind it."""
    if text.startswith(letter, last + 1):
        return last + 1
    anywhere = at = text.find(letter, last + 1)
    while at >= 0:
        if _starts_word(text, at):
            return at
        at = text.find(letter, at + 1)
    return anywhere


def _worth(text: str, at: int, last: int) -> float:
    worth = _LETTER + (_WORD_START if _starts_word(text, at) else 0.0)
    if last < 0:
        return worth
    return worth + (_NEXT_TO if at == last + 1 else -_GAP * (at - last))


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()

"""Guesses without a model: how the text went on where its last tokens stood before.

Editing code, summarising and translating copy long stretches of the prompt. The longest suffixes of
the text that occur earlier are looked up, and what followed them becomes a small tree, at no cost.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from math import log
from typing import Final

from engine.draft_tree import ROOT, DraftTree

_SHORTEST: Final = 2
"""Tokens that must match before a place counts."""
_LONGEST: Final = 16
"""A longer match says no more."""
_PLACES: Final = 4
"""Places whose continuations enter the tree."""
_SURE: Final = 3
"""Tokens that must match for a continuation that costs rows of the draft."""
_LATEST_AFTER: Final = 8
_LATEST: Final = 64
"""Of a frequent pair of tokens, only so many places are looked at."""


class SuffixSuggester:
    """An index of every pair of tokens in the text, kept up as the text grows.

    `ends` are the tokens that end a reply: nothing is guessed beyond one.
    """

    def __init__(self, ends: Iterable[int]) -> None:
        self._never = frozenset(ends)
        self._text: list[int] = []
        self._places: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        """Where the token behind each pair of tokens stands, in order."""

    def suggest(self, text: Sequence[int], length: int) -> DraftTree:
        """A tree of at most `length` levels below the last token of `text`.

        A node's log-probability is a first guess from the length of the match.
        """
        self._follow(text)
        nodes: list[tuple[int, int, float]] = []
        known: dict[tuple[int, int], int] = {}
        for rank, (matched, place) in enumerate(self._matches()):
            log_prob, parent = rank * log(0.5), ROOT
            for token in self._continuation(place, length):
                log_prob += log(_chance(matched))
                node = known.setdefault((parent, token), len(nodes))
                if node == len(nodes):
                    nodes.append((token, parent, log_prob))
                parent = node
        return DraftTree.build(nodes)

    def after(self, path: Sequence[int]) -> list[int]:
        """How the text that was seen last, and then `path`, may go on; [] without a good match."""
        tail = (*self._text[-_LONGEST:], *path)[-_LONGEST:]
        if len(tail) < _SHORTEST:
            return []
        places = self._places.get((tail[-2], tail[-1]), [])[-_LATEST_AFTER:]
        matched, place = max(
            ((self._matching(place, tail), place) for place in places), default=(0, 0)
        )
        if matched < _SURE:
            return []
        return list(self._continuation(place, matched * 2))

    def _follow(self, text: Sequence[int]) -> None:
        """Index what is new in the text; all of it where it does not go on from the last one."""
        known = len(self._text)
        if self._text != list(text[:known]):
            self._places.clear()
            known = 0
        self._text[known:] = text[known:]
        for place in range(max(known, _SHORTEST), len(text)):
            self._places[text[place - 2], text[place - 1]].append(place)

    def _matches(self) -> list[tuple[int, int]]:
        """(matching tokens, place) of the best earlier places, longest and latest first."""
        if len(self._text) < _SHORTEST:
            return []
        places = self._places.get((self._text[-2], self._text[-1]), [])[-_LATEST:]
        tail = self._text[-_LONGEST:]
        matches = ((self._matching(place, tail), place) for place in places)
        return sorted(matches, reverse=True)[:_PLACES]

    def _matching(self, place: int, tail: Sequence[int]) -> int:
        """Tokens before `place` that are also the last of `tail`."""
        text, count = self._text, _SHORTEST
        while count < min(len(tail), place) and text[place - count - 1] == tail[-count - 1]:
            count += 1
        return count

    def _continuation(self, place: int, length: int) -> Iterable[int]:
        return takewhile(lambda t: t not in self._never, self._text[place : place + length])


def _chance(matched: int) -> float:
    """How likely the next token is copied too, after so many matching ones."""
    return 1 - 1 / matched

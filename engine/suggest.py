"""Guesses without a model: how the text went on where its last tokens stood before.

Editing code, summarising and translating copy long stretches of the prompt. The longest suffixes of
the text that occur earlier are looked up, and what followed them becomes a small tree, at no cost.
Where that is allowed, they are looked up in what was written before this conversation too.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from math import log
from typing import Final, NamedTuple

from engine.draft_tree import ROOT, DraftTree
from engine.prefill import common_length

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
_EARLIER: Final = 1 << 16
"""Tokens of earlier texts that are kept at most: some megabytes."""
_GAP: Final = -1
"""Stands between earlier texts; no token has this id."""


class SuffixSuggester:
    """Indexes of every pair of tokens: in the text, kept up as it grows, and in earlier texts.

    `ends` are the tokens that end a reply: nothing is guessed beyond one.
    """

    def __init__(self, ends: Iterable[int]) -> None:
        self._never = frozenset((*ends, _GAP))
        self._text = _Index()
        self._earlier = _Index()
        """Texts that the present one did not go on from, oldest first, each behind a gap."""
        self._keeps_earlier = False
        self._leaves_nothing = False
        """Whether the present text stays out of the earlier ones."""

    def keep_earlier(self, *, allowed: bool) -> None:
        """Whether earlier conversations may suggest too. They are kept in memory alone."""
        self._keeps_earlier = allowed
        if not allowed:
            self._earlier = _Index()

    def learn_earlier(self, texts: Iterable[Sequence[int]]) -> None:
        """From now on these are the earlier texts, oldest first; none where they are not allowed.

        Of more than are kept the oldest go. As far as the present text may stay, it is among them.
        """
        self._earlier, self._leaves_nothing = _Index(), True
        if self._keeps_earlier:
            tokens = [token for text in texts for token in (_GAP, *text)]
            self._earlier.extend(tokens[-_EARLIER:])

    def begin(self, text: Sequence[int], *, temporary: bool) -> None:
        """A turn begins with this text; of a `temporary` conversation nothing stays for others."""
        self._follow(text)
        self._leaves_nothing = temporary

    def suggest(self, text: Sequence[int], length: int) -> DraftTree:
        """A tree of at most `length` levels below the last token of `text`.

        A node's log-probability is a first guess from the length of the match.
        """
        self._follow(text)
        nodes: list[tuple[int, int, float]] = []
        known: dict[tuple[int, int], int] = {}
        matches = self._matches(text[-_LONGEST:], _LATEST)
        for rank, match in enumerate(sorted(matches, reverse=True)[:_PLACES]):
            log_prob, parent = rank * log(0.5), ROOT
            for token in self._continuation(match, length):
                log_prob += log(_chance(match.tokens))
                node = known.setdefault((parent, token), len(nodes))
                if node == len(nodes):
                    nodes.append((token, parent, log_prob))
                parent = node
        return DraftTree.build(nodes)

    def after(self, path: Sequence[int]) -> list[int]:
        """How the text that was seen last, and then `path`, may go on; [] without a good match."""
        tail = (*self._text.tokens[-_LONGEST:], *path)[-_LONGEST:]
        best = max(self._matches(tail, _LATEST_AFTER), default=None)
        if best is None or best.tokens < _SURE:
            return []
        return list(self._continuation(best, best.tokens * 2))

    def _follow(self, text: Sequence[int]) -> None:
        """Index what is new in the text; all of it where it does not go on from the last one."""
        known = len(self._text.tokens)
        if self._text.tokens != list(text[:known]):
            self._leave(text)
            self._text, known = _Index(), 0
        self._text.extend(text[known:])

    def _leave(self, new: Sequence[int]) -> None:
        """Keep what the former text has that the new one has not."""
        if not self._keeps_earlier or self._leaves_nothing:
            return
        former = self._text.tokens
        shared = common_length(former, new)
        self._earlier.extend([_GAP, *former[max(shared - _LONGEST, 0) :]])
        if len(self._earlier.tokens) > _EARLIER:
            latest = self._earlier.tokens[-_EARLIER // 2 :]
            self._earlier = _Index()
            self._earlier.extend(latest)

    def _matches(self, tail: Sequence[int], latest: int) -> list["_Match"]:
        """Places where the last tokens of `tail` stood; of each source the `latest` ones."""
        if len(tail) < _SHORTEST:
            return []
        return [
            _Match(index.matching(place, tail), is_own, place)
            for is_own, index in ((True, self._text), (False, self._earlier))
            for place in index.after(tail[-2], tail[-1])[-latest:]
        ]

    def _continuation(self, match: "_Match", length: int) -> Iterable[int]:
        tokens = (self._text if match.is_own else self._earlier).tokens
        return takewhile(lambda t: t not in self._never, tokens[match.place : match.place + length])


class _Match(NamedTuple):
    """A place where the text stood before. The greater, the likelier it goes on the same way."""

    tokens: int
    """How many before the place are the same."""
    is_own: bool
    """Whether the place is in the text itself."""
    place: int


class _Index:
    """Tokens, and where the token behind each pair of them stands."""

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self._places: defaultdict[tuple[int, int], list[int]] = defaultdict(list)

    def extend(self, tokens: Sequence[int]) -> None:
        """Index more of them."""
        known = len(self.tokens)
        self.tokens.extend(tokens)
        for place in range(max(known, _SHORTEST), len(self.tokens)):
            self._places[self.tokens[place - 2], self.tokens[place - 1]].append(place)

    def after(self, first: int, second: int) -> list[int]:
        """Places behind this pair, in order."""
        return self._places.get((first, second), [])

    def matching(self, place: int, tail: Sequence[int]) -> int:
        """Tokens before `place` that are also the last of `tail`."""
        tokens, count = self.tokens, _SHORTEST
        while count < min(len(tail), place) and tokens[place - count - 1] == tail[-count - 1]:
            count += 1
        return count


def _chance(matched: int) -> float:
    """How likely the next token is copied too, after so many matching ones (docs/adr/0007)."""
    return (matched - 1) / (matched + 1)

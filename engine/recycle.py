"""Guesses from past passes: what the target thought could follow each token, the last time.

Token recycling (arXiv 2408.08696): every scored row names the likely next tokens, and all but one
are thrown away. They are kept here, one list per token, and make a tree below the last token of
the text. Finding them takes part of a millisecond a row, so a pass must be slow to be worth it; and
where a row costs more than such guesses promise, they take no time away from most rounds.
"""

import heapq
import time
from collections.abc import Iterable, Sequence
from typing import Final

from engine.draft_tree import ROOT, DraftTree
from engine.ports import FloatRows
from engine.top_k import log_sum_exp, top_indices

_KEPT: Final = 6
"""Next tokens that are remembered of a row."""
_NODES: Final = 64
_SHARE_OF_PASS: Final = 0.01
"""Of the pass's time, what remembering its rows may take."""
_FIRST_GUESS: Final = 1e-3
"""Seconds to remember one row, before one was timed."""
_PATIENCE: Final = 32
"""Rounds without a guess that was worth its row, after which most rounds go without them."""
_SELDOM: Final = 16
"""Then one of so many rounds tries again."""


class Recycler:
    """Likely successors of every token that was scored.

    `ends` are the tokens that end a reply: they are not guessed, the sampler finds them at no cost.
    """

    def __init__(self, ends: Iterable[int]) -> None:
        self._never = frozenset(ends)
        self._next: dict[int, list[tuple[int, float]]] = {}
        self._row_seconds = _FIRST_GUESS
        self._unused = 0
        """Rounds since one of its guesses went to the target."""

    @property
    def is_resting(self) -> bool:
        """Whether this round goes without: the guesses were worth no row for long."""
        return self._unused >= _PATIENCE and self._unused % _SELDOM != 0

    def end_round(self, *, used: bool) -> None:
        """Say whether one of the guesses went to the target."""
        self._unused = 0 if used else self._unused + 1

    def learn(self, tokens: Sequence[int], logits: FloatRows, pass_seconds: float) -> None:
        """Remember what may follow `tokens`, by their rows of the pass; as many as time allows.

        The first tokens count most: the later ones are left out first.
        """
        rows = min(int(_SHARE_OF_PASS * pass_seconds / self._row_seconds), len(tokens))
        if not rows:
            return
        start = time.perf_counter()
        for token, row in zip(tokens[:rows], logits[:rows], strict=True):
            best = top_indices(row, _KEPT)
            log_prob = row[best] - log_sum_exp(row)
            self._next[token] = list(zip(best.tolist(), log_prob.tolist(), strict=True))
        self._row_seconds = (time.perf_counter() - start) / rows

    def suggest(self, last: int, depth: int) -> DraftTree:
        """The likeliest nodes below the token `last`, at most `depth` levels of them."""
        nodes: list[tuple[int, int, float]] = []
        waiting = self._below(last, ROOT, 0.0, 1)
        heapq.heapify(waiting)
        while waiting and len(nodes) < _NODES:
            price, parent, token, level = heapq.heappop(waiting)
            nodes.append((token, parent, -price))
            if level < depth:
                for child in self._below(token, len(nodes) - 1, price, level + 1):
                    heapq.heappush(waiting, child)
        return DraftTree.build(nodes)

    def _below(
        self, token: int, node: int, price: float, level: int
    ) -> list[tuple[float, int, int, int]]:
        """(negative log-probability, parent, token, level) of each known successor."""
        return [
            (price - log_prob, node, following, level)
            for following, log_prob in self._next.get(token, ())
            if following not in self._never
        ]

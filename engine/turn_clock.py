"""Adds up a turn's numbers."""

import time
from collections import Counter

from engine.events import RoundStats, TurnStats
from engine.generate import Round
from engine.latency import CostCurve


class TurnClock:
    """Starts with the turn. Generation seconds are those of the rounds, without the consumer's."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._prompt_end = self._start
        self._first_token: float | None = None
        self._prompt_tokens = self._reused = 0
        self._tokens: Counter[str] = Counter()
        self._rounds: list[RoundStats] = []

    def prompt_done(self, tokens: int, reused: int) -> None:
        """The prompt is processed; `reused` of its tokens already were."""
        self._prompt_end = time.perf_counter()
        self._prompt_tokens, self._reused = tokens, reused

    def add(self, round_: Round) -> None:
        """A round gave tokens."""
        self._first_token = self._first_token or time.perf_counter()
        self._rounds.append(round_.stats)
        self._tokens[round_.stats.mode] += len(round_.tokens)

    def stats(self, target_cost: CostCurve) -> TurnStats:
        """The turn so far; plain speed comes from measured one-row passes of the target."""
        mode = max(self._tokens, key=self._tokens.__getitem__, default="")
        reasons = [stats.reason for stats in self._rounds if stats.mode == mode]
        target_seconds = sum(stats.target_seconds for stats in self._rounds)
        plain_pass = target_cost.measured(1)
        if plain_pass and self._rounds:
            # A pass of one row takes at most as long as this turn's did: what was measured above
            # that was measured on a busy machine.
            plain_pass = min(plain_pass, target_seconds / len(self._rounds))
        return TurnStats(
            tokens=self._tokens.total(),
            target_passes=len(self._rounds),
            prompt_tokens=self._prompt_tokens,
            prompt_tokens_reused=self._reused,
            prompt_seconds=self._prompt_end - self._start,
            first_token_seconds=(self._first_token or self._prompt_end) - self._start,
            draft_seconds=sum(stats.draft_seconds for stats in self._rounds),
            target_seconds=target_seconds,
            other_seconds=sum(stats.other_seconds for stats in self._rounds),
            mode=mode,
            reason=reasons[-1] if reasons else "",
            plain_tokens_per_second=1 / plain_pass if plain_pass else None,
        )

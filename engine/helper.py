"""The helper: a model still smaller than the draft, which guesses how the draft goes on."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.cancel import CancelToken
from engine.flat_batch import run_batch
from engine.latency import MeasuredModel
from engine.text_follower import TextFollower
from engine.top_k import log_sum_exp

_CHAIN_CELLS: Final = 64
"""Cells that are left to its guesses."""


class Helper(TextFollower):
    """Owns the helper's KV cache: the text, a path of the draft's tree, its own guesses."""

    def __init__(self, model: MeasuredModel, vocabulary_size: int) -> None:
        """`vocabulary_size` is the target's: tokens beyond it are not guessed."""
        super().__init__(model, spare=_CHAIN_CELLS)
        self._known = min(vocabulary_size, model.vocabulary_size)

    def chain(
        self, text: Sequence[int], path: Sequence[int], cancel: CancelToken
    ) -> Iterator[tuple[int, float]]:
        """The likeliest token after `text` and `path`, the likeliest after that, and so on.

        Each with its chance by the helper alone, and each for one pass; none where the helper does
        not know a token.
        """
        whole = [*text, *path]
        self.rewind(whole[:-1])
        logits = self.catch_up(whole, cancel)
        while logits is not None:
            row = logits[0, : self._known]
            token = int(row.argmax())
            yield token, float(np.exp(row[token] - log_sum_exp(row)))
            if len(self.prefix) == self.model.context_length:
                return
            cancel.check()
            logits = self.model.decode(run_batch([token], len(self.prefix), logits=True))
            self.prefix.tokens.append(token)

"""The prefix: which tokens slot 0 of a model's KV cache holds, and how it gets there."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import eq

from engine.cancel import CancelToken
from engine.flat_batch import run_batch
from engine.ports import LogitModel


def common_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many leading tokens two sequences share."""
    return sum(1 for _ in takewhile(bool, map(eq, first, second)))


class Prefix:
    """A model together with the tokens in its slot 0. Between rounds no other slot is in use."""

    def __init__(self, model: LogitModel, *, can_take_back: bool = True, chunk: int = 256) -> None:
        """`can_take_back`: single positions can leave the cache; a running state has none."""
        self.model = model
        self._can_take_back = can_take_back
        self.tokens: list[int] = []
        self._whole = 0
        """So many first tokens can only be kept together."""
        self._chunk = min(chunk, model.max_rows)

    def __len__(self) -> int:
        return len(self.tokens)

    def rewind(self, tokens: Sequence[int]) -> int:
        """Keep what the prefix shares with `tokens`; returns how many tokens that is."""
        shared = common_length(self.tokens, tokens)
        if shared < (self._whole if self._can_take_back else len(self.tokens)):
            self.forget()
            return 0
        self.keep(0, shared, [])
        return shared

    def adopt(self, tokens: Sequence[int], *, whole: bool) -> None:
        """The cache was filled with `tokens`; `whole`: it cannot go back to fewer of them."""
        self.tokens = list(tokens)
        self._whole = len(tokens) if whole else 0

    def advance(self, tokens: Sequence[int], cancel: CancelToken) -> Iterator[int]:
        """Process `tokens` behind the prefix, a chunk at a time, without logits.

        Yields the number of tokens done so far. A cancel leaves whole chunks behind.
        """
        for start in range(0, len(tokens), self._chunk):
            cancel.check()
            chunk = tokens[start : start + self._chunk]
            self.model.decode(run_batch(chunk, len(self.tokens), logits=False))
            self.tokens.extend(chunk)
            yield start + len(chunk)

    def keep(self, slot: int, shared: int, accepted: Sequence[int]) -> None:
        """Of `slot`, keep the prefix's first `shared` tokens and then `accepted`."""
        self.model.keep_path(slot, shared + len(accepted))
        self.tokens[shared:] = accepted

    def restore(self) -> None:
        """Drop whatever an interrupted round left behind the prefix."""
        self.model.keep_path(0, len(self.tokens))

    def forget(self) -> None:
        """Empty the cache: after a failed pass its contents are unknown."""
        self._whole = 0
        self.keep(0, 0, [])

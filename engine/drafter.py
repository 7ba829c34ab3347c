"""The draft model at work: keeps its KV cache in step with the text, and grows trees."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.cancel import CancelToken
from engine.draft_tree import DraftTree, IntArray
from engine.flat_batch import run_batch
from engine.grow_tree import Growth, Proposer, TreeShape
from engine.latency import MeasuredModel
from engine.ports import FloatRows
from engine.prefill import Prefix

_GROWTH_CELLS: Final = 1024
"""Cells that are left to the nodes of a growing tree."""
_AHEAD: Final = 512
"""Nodes that a tree may grow to while the target is busy."""


class Drafter:
    """Owns the draft's KV cache. `prefix` may lag behind the text; `grow` catches up.

    A text longer than the draft's context leaves a window of its latest tokens in the cache.

    `ends` are the tokens that end a reply. `vocabulary_size` is the target's: a compatible draft
    may have some padding tokens more, or fewer.
    """

    def __init__(
        self,
        model: MeasuredModel,
        ends: Iterable[int],
        vocabulary_size: int,
        *,
        threads: int = 1,
        propose: Proposer | None = None,
    ) -> None:
        """`threads`: for drafting alone; under a target pass it is one.

        `propose` is the cheaper source whose tokens are decoded along.
        """
        self.model = model
        self._threads = threads
        self._propose = propose
        self.prefix = Prefix(model)
        unknown_to_target = range(vocabulary_size, model.vocabulary_size)
        self.never: IntArray = np.array([*ends, *unknown_to_target], dtype=np.int32)
        """Tokens that are not guessed."""
        self.start = 0
        """Where in the text the prefix begins."""
        self._room = model.context_length - min(_GROWTH_CELLS, model.context_length // 2)
        self._growth: Growth | None = None
        """Alive from a round to the next while the draft is ahead of the text."""

    def grow(self, text: Sequence[int], shape: TreeShape, cancel: CancelToken) -> DraftTree:
        """Guess how `text` goes on; its last token is the root.

        The tree is empty where the text holds a token that the draft does not know.
        """
        growth = self._growing(text, cancel)
        if growth is None:
            return DraftTree.empty()
        while growth.step(shape, self._propose):
            cancel.check()
        return growth.best(shape)

    def grow_ahead(
        self,
        text: Sequence[int],
        shape: TreeShape,
        busy: Callable[[], bool],
        cancel: CancelToken,
    ) -> None:
        """Go on below the likeliest leaves, and their likely bonus tokens, as long as `busy`.

        Catches up with `text` first, whose last token is the root.
        """
        ahead = replace(
            shape, budget=max(shape.budget, _AHEAD), max_depth=shape.max_depth * 2, speed=0.0
        )
        self.model.use_threads(1)
        try:
            growth = self._growing(text, cancel)
            while growth is not None and busy() and growth.step(ahead, self._propose):
                cancel.check()
        finally:
            self.model.use_threads(self._threads)

    def behind(self, text: Sequence[int]) -> int:
        """Tokens of the text that were not read yet, apart from what fell out of the window."""
        return len(text) - self.start - len(self.prefix)

    def keep(self, tokens: Sequence[int]) -> None:
        """The text went on by `tokens`, the last of which is the next root.

        If the draft has decoded all of them, what it grew below them stays.
        """
        if self._growth is None:
            return
        nodes = self._growth.decoded_path(tokens)
        if len(nodes) == len(tokens):
            self._growth.rebase(nodes[-1])
            self.prefix.tokens.extend(tokens)
            return
        slot = self._growth.slot_of(nodes[-1]) if nodes else self._growth.root_slot
        self._growth = None
        self.prefix.keep(slot, len(self.prefix), tokens[: len(nodes)])

    def rewind(self, tokens: Sequence[int]) -> None:
        """Keep what the prefix shares with `tokens`, and nothing that was grown."""
        self.restore()
        if not self.prefix.rewind(tokens[self.start :]):
            self.start = 0

    def restore(self) -> None:
        """Drop what was grown behind the prefix."""
        if self._growth is not None:
            self.prefix.keep(self._growth.root_slot, len(self.prefix), [])
            self._growth = None
        else:
            self.prefix.restore()

    def forget(self) -> None:
        """Empty the cache."""
        self._growth = None
        self.start = 0
        self.prefix.forget()

    def catch_up(self, text: Sequence[int], cancel: CancelToken) -> FloatRows | None:
        """Decode what the prefix lacks of the text; the one row of logits after its last token.

        None where the draft does not know a token. Where the context ends, half of it is filled
        anew with the latest tokens: that much costs one more draft token for each of the text's.
        """
        model = self.model
        if len(text) - self.start > self._room:
            self.forget()
            self.start = len(text) - max(self._room // 2, 1)
        missing = text[self.start + len(self.prefix) :]
        if max(missing) >= model.vocabulary_size:
            return None
        # All but a chunk is plain prompt processing; the rest ends in the root's logits.
        for _ in self.prefix.advance(missing[: -model.max_rows], cancel):
            pass
        rest = missing[-model.max_rows :]
        logits = model.decode(run_batch(rest, len(self.prefix), logits=True))
        self.prefix.tokens.extend(rest)
        return logits

    def _growing(self, text: Sequence[int], cancel: CancelToken) -> Growth | None:
        """What has grown behind `text`, if only its root; None where the draft cannot catch up."""
        if self._growth is None and (logits := self.catch_up(text, cancel)) is not None:
            self._growth = Growth(self.model, len(self.prefix), logits, self.never)
        return self._growth

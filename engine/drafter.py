"""The draft model at work: keeps its KV cache in step with the text, and grows trees."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.cancel import CancelToken
from engine.draft_tree import DraftTree, IntArray
from engine.grow_tree import Growth, TreeShape
from engine.latency import MeasuredModel
from engine.staging import Staging
from engine.text_follower import TextFollower

_GROWTH_CELLS: Final = 1024
"""Cells that are left to the nodes of a growing tree."""
_AHEAD: Final = 512
"""Nodes that a tree may grow to while the target is busy."""


class Drafter(TextFollower):
    """Owns the draft's KV cache, which `grow` brings to the text, and the helper's with it.

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
        staging: Staging | None = None,
    ) -> None:
        """`threads`: for drafting alone; under a target pass it is one.

        `staging` has the cheaper sources, whose tokens are decoded along.
        """
        super().__init__(model, spare=_GROWTH_CELLS)
        self._threads = threads
        self.staging = staging
        self.helper = staging.helper if staging is not None else None
        unknown_to_target = range(vocabulary_size, model.vocabulary_size)
        self.never: IntArray = np.array([*ends, *unknown_to_target], dtype=np.int32)
        """Tokens that are not guessed."""
        self._growth: Growth | None = None
        """Alive from a round to the next while the draft is ahead of the text."""

    @property
    def seconds(self) -> float:
        """Of all passes so far, the helper's among them."""
        return self.model.seconds + (self.staging.seconds if self.staging else 0.0)

    def grow(self, text: Sequence[int], shape: TreeShape, cancel: CancelToken) -> DraftTree:
        """Guess how `text` goes on; its last token is the root.

        The tree is empty where the text holds a token that the draft does not know.
        """
        growth = self._growing(text, cancel)
        if growth is None:
            return DraftTree.empty()
        self._extend(growth, text, shape, lambda: True, cancel)
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
        self._use_threads(1)
        try:
            if (growth := self._growing(text, cancel)) is not None:
                self._extend(growth, text, ahead, busy, cancel)
        finally:
            self._use_threads(self._threads)

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
        super().rewind(tokens)
        if self.helper is not None:
            self.helper.rewind(tokens)

    def restore(self) -> None:
        """Drop what was grown behind the prefix."""
        if self._growth is not None:
            self.prefix.keep(self._growth.root_slot, len(self.prefix), [])
            self._growth = None
        else:
            super().restore()
        if self.helper is not None:
            self.helper.restore()

    def forget(self) -> None:
        """Empty the caches."""
        self._growth = None
        super().forget()
        if self.helper is not None:
            self.helper.forget()

    def close(self) -> None:
        """Free the caches."""
        if self.helper is not None:
            self.helper.model.close()
        self.model.close()

    def _use_threads(self, count: int) -> None:
        self.model.use_threads(count)
        if self.helper is not None:
            self.helper.model.use_threads(count)

    def _extend(
        self,
        growth: Growth,
        text: Sequence[int],
        shape: TreeShape,
        may_go_on: Callable[[], bool],
        cancel: CancelToken,
    ) -> None:
        """Decode what `shape` asks for, as long as it may go on."""
        staging, before, passes = self.staging, growth.decoded, 0
        if staging is not None:
            staging.begin(text, cancel)
        while may_go_on() and growth.step(shape, staging):
            passes += 1
            cancel.check()
        if staging is not None and staging.has_asked:
            staging.end(growth.levels_since(before, shape), passes)

    def _growing(self, text: Sequence[int], cancel: CancelToken) -> Growth | None:
        """What has grown behind `text`, if only its root; None where the draft cannot catch up."""
        if self._growth is None and (logits := self.catch_up(text, cancel)) is not None:
            self._growth = Growth(self.model, len(self.prefix), logits, self.never)
        return self._growth

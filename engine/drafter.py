"""The draft model at work: keeps its KV cache in step with the text, and grows trees."""

from collections.abc import Iterable, Sequence

import numpy as np

from engine.cancel import CancelToken
from engine.draft_tree import DraftTree, IntArray
from engine.flat_batch import run_batch
from engine.grow_tree import NOT_DECODED, GrownTree, TreeShape, grow_tree
from engine.latency import MeasuredModel
from engine.prefill import Prefix


class Drafter:
    """Owns the draft's KV cache. `prefix` may lag behind the text; `grow` catches up.

    `ends` are the tokens that end a reply. `vocabulary_size` is the target's: a compatible draft
    may have some padding tokens more, or fewer.
    """

    def __init__(self, model: MeasuredModel, ends: Iterable[int], vocabulary_size: int) -> None:
        self.model = model
        self.prefix = Prefix(model)
        unknown_to_target = range(vocabulary_size, model.vocabulary_size)
        self._never: IntArray = np.array([*ends, *unknown_to_target], dtype=np.int32)
        self._grown: GrownTree | None = None

    def grow(self, text: Sequence[int], shape: TreeShape, cancel: CancelToken) -> DraftTree:
        """Guess how `text` goes on; its last token is the root.

        The tree is empty where the draft's context has no room left, or where the text holds a
        token that the draft does not know.
        """
        model = self.model
        missing = text[len(self.prefix) :]
        if len(text) >= model.context_length or max(missing) >= model.vocabulary_size:
            return DraftTree.empty()
        # All but a chunk is plain prompt processing; the rest ends in the root's logits.
        for _ in self.prefix.advance(missing[: -model.max_rows], cancel):
            pass
        rest = missing[-model.max_rows :]
        logits = model.decode(run_batch(rest, len(self.prefix), logits=True))
        self.prefix.tokens.extend(rest)
        self._grown = grow_tree(model, logits, len(text), shape, cancel, never=self._never)
        return self._grown.tree

    def keep(self, nodes: Sequence[int]) -> None:
        """Keep the accepted path, as far as the draft decoded it; drop the rest of the tree."""
        if self._grown is None:
            return
        grown, self._grown = self._grown, None
        decoded = [node for node in nodes if grown.slot[node] != NOT_DECODED]
        slot = int(grown.slot[decoded[-1]]) if decoded else 0
        tokens = [int(grown.tree.token[node]) for node in decoded]
        self.prefix.keep(slot, len(self.prefix), tokens)

    def restore(self) -> None:
        """Drop whatever an interrupted round left behind."""
        self._grown = None
        self.prefix.restore()

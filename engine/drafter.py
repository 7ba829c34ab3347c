"""The draft model at work: keeps its KV cache in step with the text, and grows trees."""

from collections.abc import Sequence

import numpy as np

from engine.cancel import CancelToken
from engine.draft_tree import DraftTree, IntArray
from engine.flat_batch import run_batch
from engine.grow_tree import NOT_DECODED, GrownTree, TreeShape, grow_tree
from engine.ports import LogitModel
from engine.prefill import Prefix


class Drafter:
    """Owns the draft's KV cache. `prefix` may lag behind the text; `grow` catches up."""

    def __init__(self, model: LogitModel, ends: Sequence[int]) -> None:
        self.prefix = Prefix(model)
        self._ends: IntArray = np.array(sorted(ends), dtype=np.int32)
        self._grown: GrownTree | None = None

    def grow(self, text: Sequence[int], shape: TreeShape, cancel: CancelToken) -> DraftTree:
        """Guess how `text` goes on; its last token is the root.

        The tree is empty where the draft's context has no room left.
        """
        model = self.prefix.model
        if len(text) >= model.context_length:
            return DraftTree.empty()
        missing = text[len(self.prefix) :]
        # All but a chunk is plain prompt processing; the rest ends in the root's logits.
        self.prefix.advance(missing[: -model.max_rows], cancel)
        rest = missing[-model.max_rows :]
        logits = model.decode(run_batch(rest, len(self.prefix), logits=True))
        self.prefix.tokens.extend(rest)
        self._grown = grow_tree(model, logits, len(text), shape, cancel, ends=self._ends)
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

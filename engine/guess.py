"""All sources of guesses together: the draft model, the text itself, past passes; one tree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from engine.calibration import Calibration
from engine.cancel import CancelToken
from engine.draft_tree import DraftTree
from engine.drafter import Drafter
from engine.events import Origin
from engine.grow_tree import TreeShape
from engine.merge_trees import MergedTree, merge_trees
from engine.ports import FloatRows
from engine.recycle import Recycler
from engine.suggest import SuffixSuggester

SOURCES: Final = (Origin.TREE, Origin.NGRAM, Origin.RECYCLED)
_TRUST: Final = {Origin.TREE: 1.0, Origin.NGRAM: 1.0, Origin.RECYCLED: 0.4}
"""What followed a token elsewhere follows it here far less often than its probability there says:
observed were 0.38 of the likeliest at the first level, and next to none below (docs/adr/0007)."""
_LONGEST_SUGGESTION: Final = 32
_DEEPEST_RECYCLED: Final = 6
"""Each level knows only the token above it: deeper ones are noise."""

Suggestions: TypeAlias = dict[Origin, DraftTree]
"""What each source without a model guesses."""


def calibrations(learned: Mapping[str, object]) -> dict[Origin, Calibration]:
    """One for each source, from what was `learned` of it (`Calibration.to_lists`, by origin)."""
    return {
        origin: Calibration.from_lists(learned.get(str(origin)), _TRUST[origin])
        for origin in SOURCES
    }


@dataclass
class Guesser:
    """The sources, and what their guesses turned out to be worth."""

    drafter: Drafter | None
    suggester: SuffixSuggester
    recycler: Recycler
    calibrations: dict[Origin, Calibration] = field(default_factory=lambda: calibrations({}))

    def suggest(self, text: Sequence[int], depth: int) -> Suggestions:
        """Guesses without the draft; cost nothing worth counting."""
        suggested = {Origin.NGRAM: self.suggester.suggest(text, min(depth, _LONGEST_SUGGESTION))}
        if not self.recycler.is_resting:
            depth = min(depth, _DEEPEST_RECYCLED)
            suggested[Origin.RECYCLED] = self.recycler.suggest(text[-1], depth)
        return suggested

    def learn(
        self,
        scored: MergedTree,
        tokens: Sequence[int],
        logits: FloatRows,
        pass_seconds: float,
    ) -> None:
        """Learn from a scored batch what may follow its tokens; `logits` has their rows."""
        if not self.recycler.is_resting:
            self.recycler.learn(tokens, logits, pass_seconds)
        self.recycler.end_round(used=scored.has(Origin.RECYCLED))

    def behind(self, text: Sequence[int]) -> int:
        """Tokens of the text that the draft model has not read."""
        return self.drafter.behind(text) if self.drafter is not None else 0

    def draft(self, text: Sequence[int], shape: TreeShape, cancel: CancelToken) -> DraftTree:
        """Guesses of the draft model; none where it is missing."""
        if self.drafter is None:
            return DraftTree.empty()
        return self.drafter.grow(text, shape, cancel)

    def merge(self, drafted: DraftTree, suggested: Suggestions) -> MergedTree:
        """One tree of all."""
        return merge_trees({Origin.TREE: drafted, **suggested}, self.calibrations)

    def draft_ahead(
        self,
        text: Sequence[int],
        shape: TreeShape,
        busy: Callable[[], bool],
        cancel: CancelToken,
    ) -> None:
        """Go on drafting behind `text` while the target works."""
        if self.drafter is not None:
            self.drafter.grow_ahead(text, shape, busy, cancel)

    def keep(self, tokens: Sequence[int]) -> None:
        """The text went on by `tokens`."""
        if self.drafter is not None:
            self.drafter.keep(tokens)

    def rewind(self, tokens: Sequence[int]) -> None:
        """A new turn begins whose text starts with `tokens`."""
        if self.drafter is not None:
            self.drafter.rewind(tokens)

    @property
    def draft_seconds(self) -> float:
        """Seconds of all draft passes so far, the helper's among them."""
        return self.drafter.seconds if self.drafter else 0.0

    def restore(self) -> None:
        """Drop what was drafted behind the text."""
        if self.drafter is not None:
            self.drafter.restore()

    def forget(self) -> None:
        """Empty the draft's KV cache."""
        if self.drafter is not None:
            self.drafter.forget()

    def close(self) -> None:
        """Free the draft's KV cache."""
        if self.drafter is not None:
            self.drafter.close()

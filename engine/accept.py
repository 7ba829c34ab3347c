"""The walk: sample from the target at each node; go on while the sampled token is in the tree.

Every emitted token is a sample from the target's own distribution at its place, so the text is
distributed exactly as plain generation's, whatever the tree holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from engine.draft_tree import ROOT, DraftTree
from engine.ports import FloatRows
from engine.sample import Sampler


@dataclass(frozen=True)
class Walk:
    """The outcome of a round."""

    nodes: tuple[int, ...]
    """The accepted path, from the root's child down."""
    tokens: tuple[int, ...]
    """What was sampled: the accepted tokens and one more, the bonus."""
    ended: bool
    """Whether the last token ends the reply."""


class WalkRule(Protocol):
    """How a round's logits choose a path through its tree."""

    def __call__(
        self,
        tree: DraftTree,
        logits: FloatRows,
        sampler: Sampler,
        is_end: Callable[[int], bool],
        limit: int,
    ) -> Walk:
        """Walk down `tree`, whose node n has its logits in row n + 1, for at most `limit` tokens.

        The text must be distributed as plain generation's.
        """


def walk_tree(
    tree: DraftTree,
    logits: FloatRows,
    sampler: Sampler,
    is_end: Callable[[int], bool],
    limit: int,
) -> Walk:
    """Sample at each node; go on below it if the tree has that child. See `WalkRule`."""
    nodes: list[int] = []
    tokens: list[int] = []
    node = ROOT
    while True:
        token = sampler.sample(logits[node + 1])
        tokens.append(token)
        ended = is_end(token)
        child = tree.child(node, token)
        if child is None or ended or len(tokens) == limit:
            return Walk(tuple(nodes), tuple(tokens), ended)
        nodes.append(child)
        node = child

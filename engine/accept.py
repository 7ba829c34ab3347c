"""The walk: sample from the target at each node; go on while the sampled token is in the tree.

Every emitted token is a sample from the target's own distribution at its place, so the text is
distributed exactly as plain generation's, whatever the tree holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

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


class ChoiceRule(Protocol):
    """How the token after a node (or `ROOT`) is chosen."""

    def __call__(
        self, tree: DraftTree, node: int, logits: NDArray[np.float32], sampler: Sampler
    ) -> int:
        """The token; given the text before it, distributed as a sample from `logits` is."""


def sample_target(
    tree: DraftTree,  # noqa: ARG001 - the tree plays no part
    node: int,  # noqa: ARG001
    logits: NDArray[np.float32],
    sampler: Sampler,
) -> int:
    """Just a sample of the target's. See `ChoiceRule`."""
    return sampler.sample(logits)


def walk_tree(
    tree: DraftTree,
    logits: FloatRows,
    sampler: Sampler,
    is_end: Callable[[int], bool],
    limit: int,
    *,
    choose: ChoiceRule = sample_target,
) -> Walk:
    """Walk down `tree`, whose node n has its logits in row n + 1, for at most `limit` tokens."""
    nodes: list[int] = []
    tokens: list[int] = []
    node = ROOT
    while True:
        token = choose(tree, node, logits[node + 1], sampler)
        tokens.append(token)
        ended = is_end(token)
        child = tree.child(node, token)
        if child is None or ended or len(tokens) == limit:
            return Walk(tuple(nodes), tuple(tokens), ended)
        nodes.append(child)
        node = child

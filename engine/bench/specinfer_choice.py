"""SpecInfer's verification: multi-step speculative sampling (arXiv 2305.09781, section 4.3)."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.bench.specinfer_draws import Distribution
from engine.draft_tree import DraftTree
from engine.sample import Sampler


class MultiStepChoice:
    """A `ChoiceRule` for trees whose children were drawn from known distributions.

    `sources` gives them, by node, for the tree at hand. A node that it does not know has no
    children, or the draft's best ones: there a sample of the target's is right.
    """

    def __init__(
        self, sources: Callable[[], Mapping[int, Distribution]], random: np.random.Generator
    ) -> None:
        self._sources = sources
        self._random = random

    def __call__(
        self, tree: DraftTree, node: int, logits: NDArray[np.float32], sampler: Sampler
    ) -> int:
        """See `ChoiceRule`."""
        source = self._sources().get(node)
        if source is None:
            return sampler.sample(logits)
        drawn = tree.token[tree.parent == node]
        token = choose(Distribution(*sampler.distribution(logits)), source, drawn, self._random)
        sampler.accept(token)
        return token


def choose(
    target: Distribution,
    source: Distribution,
    drawn: NDArray[np.int32],
    random: np.random.Generator,
) -> int:
    """A token distributed as `target`, likely one that was `drawn` from `source`.

    `drawn` is in the order of the draws, which were without replacement. Each is accepted with the
    ratio of its probabilities; after a rejection what the target has more is left of it, and the
    source is left without the rejected token.
    """
    tokens = np.union1d(target.tokens, source.tokens)
    wanted, offered = _over(tokens, target), _over(tokens, source)
    for place in np.searchsorted(tokens, drawn):
        offered /= offered.sum()
        rest = np.maximum(wanted - offered, 0.0)
        # Where nothing is left the two are equal up to rounding.
        if random.random() * offered[place] < wanted[place] or not rest.any():
            return int(tokens[place])
        wanted = rest / rest.sum()
        offered[place] = 0.0
    return int(random.choice(tokens, p=wanted))


def _over(tokens: NDArray[np.intp], distribution: Distribution) -> NDArray[np.float64]:
    """The probabilities of sorted `tokens`, shape [tokens]."""
    probabilities = np.zeros(len(tokens))
    probabilities[np.searchsorted(tokens, distribution.tokens)] = distribution.probabilities
    return probabilities

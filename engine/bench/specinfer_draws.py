"""SpecInfer's children: drawn from the draft's own distribution, which verification must know."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.config import SamplingConfig
from engine.draft_tree import IntArray
from engine.sample import Sampler
from engine.top_k import log_sum_exp, top_indices


@dataclass(frozen=True, eq=False)
class Distribution:
    """Tokens that can be drawn, and their probabilities; shapes [tokens]."""

    tokens: NDArray[np.intp]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Children of one node in the order in which they were drawn; `source` is None if greedy."""

    tokens: NDArray[np.intp]
    log_prob: NDArray[np.float32]
    source: Distribution | None


class ChildDraws:
    """Draws without replacement by the user's filters and temperature; greedy takes the best.

    Penalties play no part: they depend on the path, and any source will do that is known.
    """

    def __init__(
        self, sampling: SamplingConfig, never: IntArray, random: np.random.Generator
    ) -> None:
        """Tokens in `never` are not drawn."""
        self._greedy = sampling.temperature <= 0
        self._sampler = Sampler(sampling)
        self._never = never
        self._random = random

    def draw(self, logits: NDArray[np.float32], count: int) -> Drawn:
        """Up to `count` children, given the draft's logits (shape [vocabulary])."""
        allowed = logits.copy()
        allowed[self._never] = -np.inf
        return self._best(allowed, count) if self._greedy else self._sampled(allowed, count)

    def _best(self, logits: NDArray[np.float32], count: int) -> Drawn:
        tokens = top_indices(logits, min(count, len(logits)))
        tokens = tokens[np.isfinite(logits[tokens])]
        return Drawn(tokens, logits[tokens] - np.float32(log_sum_exp(logits)), None)

    def _sampled(self, logits: NDArray[np.float32], count: int) -> Drawn:
        tokens, probabilities = self._sampler.distribution(logits)
        possible = probabilities > 0
        source = Distribution(tokens[possible], probabilities[possible])
        log_prob = np.log(source.probabilities)
        # The order of perturbed log-probabilities is that of draws one after the other (Gumbel).
        chosen = np.argsort(-(log_prob + self._random.gumbel(size=len(log_prob))))[:count]
        return Drawn(source.tokens[chosen], log_prob[chosen].astype(np.float32), source)

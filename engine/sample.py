"""The user's sampler: one call and one random number per token of the reply.

Filters and their order are llama.cpp's (common/sampling.cpp): penalties, top-k, top-p, min-p,
temperature. It is our own so that the same seed gives the same text in every mode: the walk through
a tree calls it exactly once per emitted token (docs/adr/0002).
"""

from collections import Counter, deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.config import SamplingConfig
from engine.errors import DecodeFailed
from engine.language import tr
from engine.top_k import log_sum_exp, top_indices

_FIRST_CANDIDATES = 1024
"""Without top-k, this many tokens are sorted first; all of them only if that is not enough."""


class Sampler:
    """Samples token after token, remembering what the penalties need.

    `history` holds the tokens before the reply: the penalties see them too, as llama.cpp's do.
    """

    def __init__(self, config: SamplingConfig, history: Iterable[int] = ()) -> None:
        self._config = config
        self._random = np.random.default_rng(config.seed)
        self._recent: deque[int] = deque(history, maxlen=config.penalty_window)

    def sample(self, logits: NDArray[np.float32]) -> int:
        """The next token of the reply, given the target's logits (shape [vocabulary])."""
        adjusted = self._penalized(logits)
        token = self._greedy(adjusted) if self._config.temperature <= 0 else self._drawn(adjusted)
        self.accept(token)
        return token

    def accept(self, token: int) -> None:
        """The reply goes on with `token`, which another rule sampled from `distribution`."""
        self._recent.append(token)

    def distribution(
        self, logits: NDArray[np.float32]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Tokens that can be drawn now, best first, and their probabilities."""
        return _filtered(self._penalized(logits), self._config)

    def _greedy(self, logits: NDArray[np.float32]) -> int:
        token = int(logits.argmax())
        _require_number(logits[token])
        return token

    def _drawn(self, logits: NDArray[np.float32]) -> int:
        tokens, probabilities = _filtered(logits, self._config)
        place = np.searchsorted(np.cumsum(probabilities), self._random.random(), side="right")
        return int(tokens[min(int(place), len(tokens) - 1)])

    def _penalized(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """llama_sampler_penalties_apply: divide or multiply, then subtract."""
        config = self._config
        neutral = (config.repeat_penalty, config.presence_penalty, config.frequency_penalty)
        if neutral == (1.0, 0.0, 0.0) or not self._recent:
            return logits
        seen = Counter(self._recent)
        tokens = np.fromiter(seen.keys(), dtype=np.intp)
        counts = np.fromiter(seen.values(), dtype=np.float32)
        adjusted = logits.copy()
        values = adjusted[tokens]
        values = np.where(
            values <= 0, values * config.repeat_penalty, values / config.repeat_penalty
        )
        adjusted[tokens] = (
            values - counts * config.frequency_penalty - np.float32(config.presence_penalty)
        )
        return adjusted


def _filtered(
    logits: NDArray[np.float32], config: SamplingConfig
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Tokens left by the filters, best first, and their probabilities after temperature."""
    _require_number(logits.max())
    tokens = _considered(logits, config)
    # Top-p counts the share of what top-k left; without top-k, of the whole vocabulary.
    normalizer = log_sum_exp(logits[tokens] if config.top_k else logits)
    probabilities = np.exp(logits[tokens] - np.float64(normalizer))
    if config.top_p < 1:
        tokens = tokens[: np.searchsorted(np.cumsum(probabilities), config.top_p) + 1]
    tokens = tokens[probabilities[: len(tokens)] >= config.min_p * probabilities[0]]
    return tokens, _softmax(logits[tokens] / np.float64(max(config.temperature, 1e-6)))


def _considered(logits: NDArray[np.float32], config: SamplingConfig) -> NDArray[np.intp]:
    """Tokens that the filters may leave, best first: sorting a whole vocabulary takes 25 ms."""
    if config.top_k:
        return top_indices(logits, min(config.top_k, len(logits)))
    if config.min_p > 0:
        # A little below the exact floor: the filter itself decides.
        floor = logits.max() + np.float32(np.log(config.min_p)) - np.float32(1e-3)
        return top_indices(logits, int(np.count_nonzero(logits >= floor)))
    likely = top_indices(logits, min(_FIRST_CANDIDATES, len(logits)))
    if np.exp(logits[likely] - np.float64(log_sum_exp(logits))).sum() >= config.top_p:
        return likely
    return top_indices(logits, len(logits))


def _softmax(values: NDArray[np.floating]) -> NDArray[np.float64]:
    weights = np.exp(values - np.float64(values.max()))
    normalized: NDArray[np.float64] = weights / weights.sum()
    return normalized


def _require_number(value: np.floating) -> None:
    if not np.isfinite(value):
        raise DecodeFailed(
            tr("The model computed values that are no numbers."),
            hint=tr("Choose another quantization of this model, or another device."),
        )

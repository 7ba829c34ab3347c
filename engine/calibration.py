"""What guesses are worth: how often the target accepted such a node, learnt as it happens.

A source's own log-probabilities are a ranking, not a measure: drafts are optimistic deep down and
pessimistic near the root, and what a suffix match is worth depends on the text. So nodes fall into
buckets by path log-probability and depth, and the acceptance of each bucket is counted.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.draft_tree import DraftTree

_LOG_PROB_EDGES: Final = (-9, -7, -5.5, -4.5, -3.5, -2.75, -2, -1.5, -1, -0.6, -0.3, -0.1)
_DEPTH_EDGES: Final = (2, 3, 4, 6, 9, 13, 19, 28)
_BUCKETS: Final = (len(_LOG_PROB_EDGES) + 1, len(_DEPTH_EDGES) + 1)
_PRIOR_NODES: Final = 6.0
"""The source's own probability counts as much as so many observed nodes."""
_MEMORY: Final = 300.0
"""A bucket remembers about so many nodes: texts differ, and the newest counts most."""

Counts = NDArray[np.float64]


class Calibration:
    """Acceptance of the nodes of one source."""

    def __init__(self, trust: float = 1.0) -> None:
        """`trust`: what is believed of the source's own chances for each level, unobserved."""
        self._trust = trust
        self._seen: Counts = np.zeros(_BUCKETS)
        self._accepted: Counts = np.zeros(_BUCKETS)

    def values(self, tree: DraftTree) -> NDArray[np.float32]:
        """Shape [nodes]: the chance that each node is accepted."""
        bucket = _bucket(tree)
        own = np.exp(tree.log_prob) * np.power(self._trust, tree.depth)
        accepted, seen = self._accepted[bucket], self._seen[bucket]
        return ((_PRIOR_NODES * own + accepted) / (_PRIOR_NODES + seen)).astype(np.float32)

    def observe(self, tree: DraftTree, accepted: NDArray[np.bool_]) -> None:
        """Learn from a scored tree; `accepted` (shape [nodes]) marks the path the target took."""
        bucket = _bucket(tree)
        np.add.at(self._seen, bucket, 1.0)
        np.add.at(self._accepted, bucket, accepted.astype(np.float64))
        fade = np.minimum(1.0, _MEMORY / np.maximum(self._seen, 1.0))
        self._seen *= fade
        self._accepted *= fade

    def to_lists(self) -> list[list[list[float]]]:
        """For a file: [seen, accepted], each [log-probability bucket][depth bucket]."""
        rounded: list[list[list[float]]] = np.round([self._seen, self._accepted], 3).tolist()
        return rounded

    @classmethod
    def from_lists(cls, lists: object, trust: float = 1.0) -> "Calibration":
        """What `to_lists` gave. Anything else, a file from another version say, starts empty."""
        calibration = cls(trust)
        try:
            seen, accepted = np.array(lists, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            return calibration
        sound = seen.shape == accepted.shape == _BUCKETS and np.isfinite([seen, accepted]).all()
        if sound and (accepted >= 0).all() and (accepted <= seen).all():
            calibration._seen, calibration._accepted = seen, accepted
        return calibration


def _bucket(tree: DraftTree) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return (
        np.searchsorted(_LOG_PROB_EDGES, tree.log_prob, side="right"),
        np.searchsorted(_DEPTH_EDGES, tree.depth, side="right"),
    )

"""Made-up rounds with their trees, the same on every computer."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from engine.events import Event, Origin, RoundFinished, RoundStats, TextDelta, TreeDrawn

BUDGET: Final = 48
_REFUSED: Final = (" the", " of", " returns", " then", " so", " it", " frequency", "\n", " by", ",")
_ORIGINS: Final = (*[Origin.TREE] * 5, Origin.NGRAM, Origin.RECYCLED)
_TAKEN: Final = (0, 2, 3, 5, 6, 9)
_SEED: Final = 4


def rounds(turn_id: int, tokens: Sequence[str]) -> Iterator[Event]:
    """The rounds of a reply of these tokens."""
    chance = random.Random(_SEED)  # noqa: S311 - for a picture
    start = 0
    while start < len(tokens):
        taken = min(chance.choice(_TAKEN), len(tokens) - start - 1)
        pieces = tokens[start : start + taken + 1]
        root = tokens[start - 1] if start else ":"
        tree = _tree(chance, turn_id, root, pieces)
        if taken:
            yield tree
        yield RoundFinished(turn_id, _stats(tree, taken))
        origins = (*tree.origins[:taken], Origin.TARGET)
        yield TextDelta(turn_id, "".join(pieces), origins, tuple(map(len, pieces)))
        start += taken + 1


def _tree(chance: random.Random, turn_id: int, root: str, pieces: Sequence[str]) -> TreeDrawn:
    taken = len(pieces) - 1
    words, parents = list(pieces[:taken]), list(range(-1, taken - 1))
    origins = [chance.choice(_ORIGINS) for _ in words]
    chances = [0.9 ** (depth + 1) for depth in range(taken)]
    while taken and len(words) < BUDGET:
        above = chance.choice(range(-1, len(words)))
        words.append(chance.choice(_REFUSED))
        parents.append(above)
        origins.append(chance.choice(_ORIGINS))
        chances.append((chances[above] if above >= 0 else 1.0) * chance.uniform(0.02, 0.5))
    path = tuple(range(taken))
    return TreeDrawn(
        *(turn_id, root, tuple(words), tuple(parents), tuple(chances), tuple(origins), path),
        bonus=pieces[-1],
    )


def _stats(tree: TreeDrawn, taken: int) -> RoundStats:
    if not taken:
        return RoundStats(
            "plain", "because the draft has no guess here", 0, 1, 0, 0, 0.0, 0.41, 0.01
        )
    return RoundStats(
        *("tree", "", len(tree.pieces), 20, 9, taken, 0.121, 0.59, 0.033),
        hidden_seconds=0.08,
        waiting_seconds=0.412,
    )

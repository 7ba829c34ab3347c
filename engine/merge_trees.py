"""Guesses of several sources in one tree, each node worth its calibrated chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.calibration import Calibration
from engine.draft_tree import ROOT, DraftTree
from engine.events import Origin


@dataclass(frozen=True, eq=False)
class Guess:
    """One source's tree, and which node of the merged tree each of its nodes is."""

    origin: Origin
    tree: DraftTree
    merged: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class MergedTree:
    """One tree of all guesses; its log-probabilities are calibrated, and so are its values."""

    tree: DraftTree
    guesses: tuple[Guess, ...]

    @classmethod
    def nothing(cls) -> "MergedTree":
        """No guesses: a plain round."""
        return cls(DraftTree.empty(), ())

    @cached_property
    def chances(self) -> NDArray[np.float32]:
        """How likely each node is accepted, best first."""
        return np.exp(-np.sort(-self.tree.log_prob))

    def observe(self, path: tuple[int, ...], calibrations: Mapping[Origin, Calibration]) -> None:
        """Let every source learn from the path that the target took through the merged tree."""
        accepted = np.zeros(len(self.tree), dtype=np.bool_)
        accepted[list(path)] = True
        for guess in self.guesses:
            calibrations[guess.origin].observe(guess.tree, accepted[guess.merged])

    def has(self, origin: Origin) -> bool:
        """Whether any node comes from there."""
        return any(guess.origin is origin and len(guess.tree) for guess in self.guesses)

    def origin_of(self, node: int) -> Origin:
        """The first source that guessed a node."""
        return next(guess.origin for guess in self.guesses if node in guess.merged)

    def select(self, keep: NDArray[np.bool_]) -> "MergedTree":
        """The nodes marked in `keep`, which is closed under parents."""
        new_index = np.cumsum(keep) - 1
        guesses = []
        for guess in self.guesses:
            kept = keep[guess.merged]
            guesses.append(
                Guess(guess.origin, guess.tree.select(kept), new_index[guess.merged[kept]])
            )
        return MergedTree(self.tree.select(keep), tuple(guesses))


def merge_trees(
    trees: Mapping[Origin, DraftTree], calibrations: Mapping[Origin, Calibration]
) -> MergedTree:
    """Merge equal paths; a path that several sources guess is worth its best source's value.

    A node is never worth more than its parent.
    """
    nodes: list[tuple[int, int]] = []
    values: list[float] = []
    known: dict[tuple[int, int], int] = {}
    guesses = []
    for origin, tree in trees.items():
        if not len(tree):
            continue
        merged: list[int] = []
        chances = calibrations[origin].values(tree).tolist()
        for token, parent, chance in zip(
            tree.token.tolist(), tree.parent.tolist(), chances, strict=True
        ):
            place = (token, ROOT if parent == ROOT else merged[parent])
            node = known.setdefault(place, len(nodes))
            if node == len(nodes):
                nodes.append(place)
                values.append(0.0)
            values[node] = max(values[node], chance)
            merged.append(node)
        guesses.append(Guess(origin, tree, np.array(merged, dtype=np.intp)))
    for node, (_, parent) in enumerate(nodes):
        if parent != ROOT:
            values[node] = min(values[node], values[parent])
    logs = np.log(np.maximum(values, 1e-9)).tolist()
    tree = DraftTree.build(
        [(token, parent, log) for (token, parent), log in zip(nodes, logs, strict=True)]
    )
    return MergedTree(tree, tuple(guesses))

"""A round's tree as a picture of it: the same nodes, in words, with the path that was taken."""

from dataclasses import replace

import numpy as np
import pytest

from engine.calibration import Calibration
from engine.draft_tree import ROOT, DraftTree
from engine.drawn_tree import END, drawn_tree
from engine.events import Origin, RoundStats, TreeDrawn
from engine.generate import Round
from engine.merge_trees import MergedTree, merge_trees
from tests.fakes import FakeVocab

CONTROL, ENDING = 256, 257
DRAFTED = DraftTree.build(
    [(ord("a"), ROOT, -0.1), (ord("b"), 0, -0.5), (ord("\n"), 1, -0.9), (CONTROL, ROOT, -2.0)]
)
SUGGESTED = DraftTree.build([(ord("a"), ROOT, -0.3), (0xC3, 0, -0.4)])
STATS = RoundStats("tree", "", 5, 3, 3, 2, 0.1, 0.3, 0.0)


def merged() -> MergedTree:
    trees = {Origin.TREE: DRAFTED, Origin.NGRAM: SUGGESTED}
    return merge_trees(trees, {origin: Calibration() for origin in trees})


def round_of(guessed: MergedTree) -> Round:
    tokens = (ord("a"), ord("b"), ord("c"))
    origins = (Origin.TREE, Origin.TREE, Origin.TARGET)
    return Round(tokens, origins, False, STATS, root=ord(" "), guessed=guessed, path=(0, 1))


def drawn(guessed: MergedTree) -> TreeDrawn:
    tree = drawn_tree(3, round_of(guessed), FakeVocab())
    assert tree is not None
    return tree


def test_nodes_are_words_and_what_is_no_text_is_its_number() -> None:
    tree = drawn(merged())
    assert (tree.turn_id, tree.root, tree.bonus, tree.path) == (3, " ", "c", (0, 1))
    assert tree.pieces == ("a", "b", "\n", f"#{CONTROL}", "\ufffd")
    assert tree.parents == (ROOT, 0, 1, ROOT, 0)


def test_the_end_of_a_reply_has_a_name() -> None:
    ended = replace(round_of(merged()), tokens=(ord("a"), ord("b"), ENDING))
    tree = drawn_tree(3, ended, FakeVocab())
    assert tree is not None
    assert tree.bonus == END


def test_a_node_of_two_sources_counts_for_the_first() -> None:
    assert drawn(merged()).origins == (*[Origin.TREE] * 4, Origin.NGRAM)


def test_what_was_not_scored_is_not_drawn() -> None:
    kept = merged().select(np.array([True, True, False, False, True]))
    tree = drawn(kept)
    assert tree.pieces == ("a", "b", "\ufffd")
    assert tree.parents == (ROOT, 0, 0)
    assert tree.origins == (Origin.TREE, Origin.TREE, Origin.NGRAM)


def test_chances_are_those_of_paths() -> None:
    guessed = merged()
    assert drawn(guessed).chances == pytest.approx(np.exp(guessed.tree.log_prob), abs=1e-4)


def test_a_round_without_guesses_has_no_tree() -> None:
    assert drawn_tree(3, round_of(MergedTree(DraftTree.empty(), ())), FakeVocab()) is None

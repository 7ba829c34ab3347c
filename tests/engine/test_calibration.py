"""Calibration: chances that follow what the target accepted, and forget."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calibration import Calibration
from engine.draft_tree import ROOT, DraftTree
from tests.engine.trees import draft_trees

EMPTY = Calibration().to_lists()
DEEP = 30


def node(log_prob: float) -> DraftTree:
    return DraftTree.build([(0, ROOT, log_prob)])


def chain(length: int, log_prob: float) -> DraftTree:
    return DraftTree.build([(0, place - 1, log_prob) for place in range(length)])


def taught(tree: DraftTree, outcomes: Sequence[bool]) -> Calibration:
    """A calibration that saw all nodes of `tree` accepted or refused, once per outcome."""
    calibration = Calibration()
    teach(calibration, tree, outcomes)
    return calibration


def teach(calibration: Calibration, tree: DraftTree, outcomes: Sequence[bool]) -> None:
    for outcome in outcomes:
        calibration.observe(tree, np.full(len(tree), outcome))


def chance(calibration: Calibration, tree: DraftTree) -> float:
    return float(calibration.values(tree)[-1])


@given(tree=draft_trees())
def test_before_anything_is_seen_a_chance_is_the_sources_own(tree: DraftTree) -> None:
    assert np.allclose(Calibration().values(tree), np.exp(tree.log_prob))


def test_a_source_that_is_trusted_less_is_believed_less_at_each_level() -> None:
    doubted, tree = Calibration(trust=0.4), chain(3, -0.1)
    assert np.allclose(doubted.values(tree), np.exp(-0.1) * np.array([0.4, 0.16, 0.064]))
    teach(doubted, node(-0.1), [True] * 1000)
    assert chance(doubted, node(-0.1)) > 0.95, "what was observed counts all the same"
    again = Calibration.from_lists(doubted.to_lists(), trust=0.4)
    assert np.allclose(again.values(tree), doubted.values(tree), atol=1e-3)


@given(trees=st.lists(draft_trees(), max_size=6), probe=draft_trees(), data=st.data())
def test_chances_stay_between_0_and_1(
    trees: list[DraftTree], probe: DraftTree, data: st.DataObject
) -> None:
    calibration = Calibration()
    for tree in trees:
        accepted = data.draw(st.lists(st.booleans(), min_size=len(tree), max_size=len(tree)))
        calibration.observe(tree, np.array(accepted, dtype=np.bool_))
    values = calibration.values(probe)
    assert values.dtype == np.float32
    assert ((values >= 0) & (values <= 1)).all()


@pytest.mark.parametrize("accepted_of_ten", [0, 3, 7, 10])
def test_a_chance_comes_to_what_was_observed(accepted_of_ten: int) -> None:
    outcomes = [place % 10 < accepted_of_ten for place in range(1000)]
    for own in (-0.05, -6.0):
        calibration = taught(node(own), outcomes)
        assert chance(calibration, node(own)) == pytest.approx(accepted_of_ten / 10, abs=0.05)


def test_one_observation_moves_a_chance_but_does_not_decide_it() -> None:
    own = chance(Calibration(), node(-0.7))
    assert 0 < chance(taught(node(-0.7), [False]), node(-0.7)) < own
    assert own < chance(taught(node(-0.7), [True]), node(-0.7)) < 1


def test_what_is_seen_near_the_root_says_nothing_of_the_deep_and_of_the_unlikely() -> None:
    calibration = taught(node(-0.5), [False] * 200)
    assert chance(calibration, chain(DEEP, -0.5)) == pytest.approx(np.exp(-0.5))
    assert chance(calibration, node(-5.0)) == pytest.approx(np.exp(-5.0))


def test_the_newest_counts_most() -> None:
    calibration = taught(node(-0.5), [False] * 5000)
    assert chance(calibration, node(-0.5)) < 0.05
    teach(calibration, node(-0.5), [True] * 600)
    assert chance(calibration, node(-0.5)) > 0.5, "all rounds counted alike would say 0.1"


@given(trees=st.lists(draft_trees(), max_size=4), probe=draft_trees())
def test_a_file_gives_back_what_was_learnt(trees: list[DraftTree], probe: DraftTree) -> None:
    calibration = Calibration()
    for tree in trees:
        calibration.observe(tree, tree.depth <= 2)
    lists = json.loads(json.dumps(calibration.to_lists()))
    again = Calibration.from_lists(lists)
    assert np.allclose(again.values(probe), calibration.values(probe), atol=1e-3)
    assert again.to_lists() == lists


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


@given(hostile=json_values)
def test_anything_else_starts_empty(hostile: object) -> None:
    assert Calibration.from_lists(hostile).to_lists() == EMPTY


SHAPE = np.shape(EMPTY)[1:]
BAD_COUNTS: dict[str, tuple[object, object]] = {
    "not a number": (float("nan"), 0.0),
    "endless": (float("inf"), 0.0),
    "negative": (1.0, -1.0),
    "more accepted than seen": (1.0, 2.0),
    "no numbers": ("many", "few"),
    "nothing": (None, None),
    "too large for a float": (10**400, 1),
}


@pytest.mark.parametrize(("seen", "accepted"), BAD_COUNTS.values(), ids=BAD_COUNTS)
def test_one_count_that_makes_no_sense_starts_empty(seen: object, accepted: object) -> None:
    counts = np.ones((2, *SHAPE)).astype(object)
    counts[0, 3, 3], counts[1, 3, 3] = seen, accepted
    assert Calibration.from_lists(counts.tolist()).to_lists() == EMPTY


@pytest.mark.parametrize(
    "shape", [(2, SHAPE[0] + 1, SHAPE[1]), (2, *SHAPE[::-1]), (1, *SHAPE), (3, *SHAPE)]
)
def test_counts_of_another_version_start_empty(shape: tuple[int, ...]) -> None:
    assert Calibration.from_lists(np.ones(shape).tolist()).to_lists() == EMPTY

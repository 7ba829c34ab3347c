"""Token recycling: what may follow each token, as the last pass that scored it had it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.draft_tree import ROOT, DraftTree
from engine.ports import FloatRows
from engine.recycle import Recycler

END = 3
VOCABULARY = 12
LONG = 1000.0
"""Seconds of a pass beside which remembering all rows is nothing."""


def rows(*likely: Sequence[int]) -> FloatRows:
    """A row of logits for each list of likely tokens, best first; they have nearly all the mass."""
    logits = np.full((len(likely), VOCABULARY), -30.0, dtype=np.float32)
    for row, tokens in zip(logits, likely, strict=True):
        for rank, token in enumerate(tokens):
            row[token] = -float(rank)
    return logits


def paths(tree: DraftTree) -> set[tuple[int, ...]]:
    return {tuple(int(tree.token[n]) for n in tree.path(node)) for node in range(len(tree))}


def test_without_a_pass_there_is_nothing_to_guess() -> None:
    assert len(Recycler([END]).suggest(5, 4)) == 0


def test_the_likely_successors_of_a_scored_token_are_guessed_below_it() -> None:
    recycler = Recycler([END])
    recycler.learn([5, 6], rows([6, 7], [8]), LONG)
    assert {(6,), (7,), (6, 8)} <= paths(recycler.suggest(5, 2))
    assert len(recycler.suggest(11, 2)) == 0


def test_the_newest_pass_counts() -> None:
    recycler = Recycler([END])
    recycler.learn([5], rows([6]), LONG)
    recycler.learn([5], rows([7]), LONG)
    assert recycler.suggest(5, 1).token[0] == 7


def test_the_end_of_a_reply_is_not_guessed() -> None:
    recycler = Recycler([END])
    recycler.learn([5], rows([END, 7]), LONG)
    assert END not in recycler.suggest(5, 3).token.tolist()


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_a_fast_pass_leaves_no_time_to_remember_anything(seconds: float) -> None:
    recycler = Recycler([END])
    recycler.learn([5], rows([6]), seconds)
    assert len(recycler.suggest(5, 1)) == 0


def test_with_time_for_a_part_the_first_rows_are_remembered() -> None:
    recycler = Recycler([END])
    recycler.learn([5, 8], rows([6], [9]), 0.15)
    assert recycler.suggest(5, 1).token[0] == 6
    assert len(recycler.suggest(8, 1)) == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.permutations(range(VOCABULARY))), min_size=1, max_size=20
    ),
    st.integers(0, 11),
    st.integers(1, 6),
)
def test_every_suggestion_is_a_tree_of_likely_steps(
    seen: list[tuple[int, list[int]]], last: int, depth: int
) -> None:
    recycler = Recycler([END])
    recycler.learn([token for token, _ in seen], rows(*(order for _, order in seen)), LONG)
    tree = recycler.suggest(last, depth)
    assert len(tree) <= 64
    assert tree.max_depth <= depth
    assert len(paths(tree)) == len(tree), "no path twice"
    assert all(a >= b - 1e-5 for a, b in pairwise(tree.log_prob.tolist())), "best first"
    newest = dict(seen)
    for token, parent in zip(tree.token.tolist(), tree.parent.tolist(), strict=True):
        above = last if parent == ROOT else int(tree.token[parent])
        assert token in newest[above][:7]
        assert token != END

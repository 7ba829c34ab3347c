"""The best columns of a row against numpy's own sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.top_k import log_sum_exp, top_indices


@given(
    length=st.integers(1, 1500),
    count=st.integers(0, 1500),
    distinct=st.integers(1, 2000),
    seed=st.integers(0, 1000),
)
def test_the_best_come_first_and_ties_by_index(
    length: int, count: int, distinct: int, seed: int
) -> None:
    row = np.random.default_rng(seed).integers(0, distinct, length).astype(np.float32)
    expected = np.argsort(-row, kind="stable")[:count]
    assert top_indices(row, count).tolist() == expected.tolist()


@pytest.mark.parametrize("place", [0, 127, 128, 151_935])
def test_one_peak_in_a_wide_row_is_found_wherever_it_is(place: int) -> None:
    row = np.zeros(151_936, dtype=np.float32)
    row[place] = 1
    best = top_indices(row, 3).tolist()
    assert best == [place, *[index for index in range(4) if index != place][:2]]


def test_columns_that_cannot_be_sampled_sort_last() -> None:
    row = np.full(300, -np.inf, dtype=np.float32)
    row[[5, 290]] = (1, 2)
    assert top_indices(row, 3).tolist() == [290, 5, 0]


@given(
    values=st.lists(st.floats(-80, 80, width=32), min_size=1, max_size=300),
    shift=st.sampled_from([0.0, -1e4, 1e4]),
)
def test_the_softmax_denominator_is_right_for_any_size_of_logits(
    values: list[float], shift: float
) -> None:
    row = np.array(values, dtype=np.float32) + np.float32(shift)
    exact = row.astype(np.float64)
    expected = exact.max() + np.log(np.exp(exact - exact.max()).sum())
    assert log_sum_exp(row) == pytest.approx(expected, abs=1e-2 if shift else 1e-4)


def test_the_row_itself_is_not_changed() -> None:
    row = np.array([1, 3, 2], dtype=np.float32)
    log_sum_exp(row)
    top_indices(row, 2)
    assert row.tolist() == [1, 3, 2]

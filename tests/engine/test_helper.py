"""The helper keeps in step with the text and the path, and guesses greedily behind them."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cancel import CancelToken
from engine.errors import Cancelled
from engine.helper import Helper
from engine.latency import MeasuredModel
from tests.fakes import FakeModel

TEXT = [4, 5, 6, 7]
paths = st.lists(st.integers(0, 11), min_size=1, max_size=6)


def helping(*, cells: int = 400, vocabulary: int = 12) -> tuple[FakeModel, Helper]:
    model = FakeModel(slot_count=1, context_length=cells, max_rows=8)
    return model, Helper(MeasuredModel(model), vocabulary)


def chain(helper: Helper, text: list[int], path: list[int], count: int) -> list[int]:
    return [token for token, _ in islice(helper.chain(text, path, CancelToken()), count)]


def greedy(text: list[int], count: int, known: int = 12) -> list[int]:
    tokens = list(text)
    for _ in range(count):
        tokens.append(int(FakeModel().logits_after(tokens)[:known].argmax()))
    return tokens[len(text) :]


@given(turns=st.lists(st.tuples(paths, paths, st.integers(1, 5)), min_size=1, max_size=6))
@settings(max_examples=40)
def test_whatever_was_asked_before_the_chain_is_the_greedy_one(
    turns: list[tuple[list[int], list[int], int]],
) -> None:
    model, helper = helping()
    text = list(TEXT)
    for more, path, count in turns:
        text = text + more
        assert chain(helper, text, path, count) == greedy([*text, *path], count)
        assert list(model.seen(0)) == helper.prefix.tokens
        assert helper.prefix.tokens[: len(text)] == text


def test_what_it_has_read_is_not_read_again() -> None:
    model, helper = helping()
    chain(helper, TEXT, [8], 3)
    before = model.passes
    first = greedy([*TEXT, 8], 3)
    chain(helper, TEXT, [8, *first[:2]], 1)
    assert model.passes == before + 1, "its own guesses came true"
    chain(helper, [*TEXT, 8], [9], 1)
    assert model.passes == before + 2, "another path below the same text"


def test_a_token_costs_a_pass_only_when_it_is_asked_for() -> None:
    model, helper = helping()
    chain(helper, TEXT, [8], 1)
    assert model.passes == 1
    chain(helper, TEXT, [8], 4)
    assert model.passes == 1 + 4


def test_each_token_comes_with_its_chance() -> None:
    _, helper = helping()
    (token, chance), *_ = helper.chain(TEXT, [8], CancelToken())
    logits = FakeModel().logits_after([*TEXT, 8])
    assert chance == pytest.approx(float(np.exp(logits[token]) / np.exp(logits).sum()), abs=1e-5)


def test_tokens_of_its_own_are_neither_guessed_nor_read() -> None:
    _, helper = helping(vocabulary=6)
    assert chain(helper, TEXT, [1], 5) == greedy([*TEXT, 1], 5, known=6)
    model, helper = helping(vocabulary=20)
    assert chain(helper, [4, 15], [1], 5) == []
    assert model.passes == 0


def test_where_its_context_ends_it_goes_on_with_the_latest_tokens() -> None:
    model, helper = helping(cells=40)
    text = [token % 12 for token in range(200)]
    for end in range(30, 200, 7):
        tokens = chain(helper, text[:end], [8], 3)
        assert tokens == greedy([*text[helper.start : end], 8], 3)
        assert len(model.cells) <= 40
    assert helper.start > 0
    helper.rewind([7, 7])
    assert (helper.start, helper.prefix.tokens) == (0, [])


def test_the_last_cell_ends_a_chain() -> None:
    model, helper = helping(cells=9)
    assert len(list(helper.chain(TEXT[:3], [8], CancelToken()))) == 9 - 4 + 1
    assert len(model.cells) == 9


def test_a_stop_between_passes_leaves_a_cache_that_the_next_chain_can_trust() -> None:
    _, helper = helping()
    cancel = CancelToken()
    tokens = helper.chain(TEXT, [8], cancel)
    next(tokens)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(tokens)
    assert chain(helper, TEXT, [9], 3) == greedy([*TEXT, 9], 3)

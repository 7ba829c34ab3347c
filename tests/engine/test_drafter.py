"""The draft's cache keeps in step with the text, whatever the target takes."""

from collections.abc import Iterator
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cancel import CancelToken
from engine.draft_tree import DraftTree
from engine.drafter import Drafter
from engine.grow_tree import TreeShape
from engine.latency import MeasuredModel
from tests.fakes import FakeModel

TEXT = [4, 5, 6, 7]
SHAPE = TreeShape(budget=12, max_depth=16, frontier=4, children=4)


def drafting(seed: int = 0, *, vocabulary: int = 12) -> tuple[FakeModel, Drafter]:
    model = FakeModel(seed=seed, slot_count=256, context_length=2000)
    return model, Drafter(MeasuredModel(model), [3], vocabulary)


def grow(drafter: Drafter, text: list[int]) -> DraftTree:
    return drafter.grow(text, SHAPE, CancelToken())


def _another(steps: Iterator[int]) -> bool:
    return next(steps, None) is not None


def fresh_tree(seed: int, text: list[int]) -> DraftTree:
    return grow(drafting(seed)[1], text)


def tokens_to(tree: DraftTree, node: int) -> tuple[int, ...]:
    return tuple(int(tree.token[step]) for step in tree.path(node))


def paths(tree: DraftTree) -> set[tuple[int, ...]]:
    return {tokens_to(tree, node) for node in range(len(tree))}


@given(
    seed=st.integers(0, 40),
    busy=st.lists(st.integers(0, 3), min_size=1, max_size=4),
    data=st.data(),
)
@settings(max_examples=40)
def test_each_rounds_tree_is_the_one_a_fresh_draft_would_grow(
    seed: int, busy: list[int], data: st.DataObject
) -> None:
    """Accepted paths that end inside the tree, at its leaves, or leave it by the bonus token."""
    model, drafter = drafting(seed)
    text = list(TEXT)
    for steps in busy:
        tree = grow(drafter, text)
        assert paths(tree) == paths(fresh_tree(seed, text))
        drafter.grow_ahead(text, SHAPE, partial(_another, iter(range(steps))), CancelToken())
        node = data.draw(st.integers(-1, len(tree) - 1))
        taken = [*tokens_to(tree, node), data.draw(st.integers(0, 11))]
        drafter.keep(taken)
        text += taken
        held = len(drafter.prefix)
        assert drafter.prefix.tokens == text[:held]
        assert held >= len(text) - 1 - len(taken)
    drafter.restore()
    assert list(model.seen(0)) == drafter.prefix.tokens
    assert len(model.cells) == len(drafter.prefix)
    assert len(model.decoded) == len(set(model.decoded)) or held < len(text)


def test_a_bonus_token_that_was_drafted_ahead_costs_no_new_start() -> None:
    model, drafter = drafting()
    best = grow(drafter, TEXT)
    taken = tokens_to(best, 0)
    drafter.keep(taken)
    assert drafter.prefix.tokens == [*TEXT, *taken]
    grow(drafter, [*TEXT, *taken])
    assert len(model.decoded) == len(set(model.decoded)), "nothing is decoded twice"
    drafter.restore()


def test_what_grows_while_the_prompt_is_read_is_the_first_tree() -> None:
    model, drafter = drafting()
    drafter.grow_ahead(TEXT, SHAPE, lambda: True, CancelToken())
    ahead = model.passes
    assert paths(grow(drafter, TEXT)) == paths(fresh_tree(0, TEXT))
    assert model.passes == ahead, "nothing was left to decode"
    drafter.rewind([*TEXT, 8])
    assert drafter.prefix.tokens == TEXT, "another text drops what grew"
    assert len(model.cells) == len(TEXT)


def test_without_a_tree_the_draft_only_falls_behind() -> None:
    model, drafter = drafting()
    drafter.keep([5, 6])
    assert (model.passes, drafter.prefix.tokens) == (0, [])
    assert paths(grow(drafter, [*TEXT, 5, 6])) == paths(fresh_tree(0, [*TEXT, 5, 6]))
    drafter.restore()


def test_tokens_that_only_one_of_the_pair_knows_are_neither_guessed_nor_read() -> None:
    _, drafter = drafting(vocabulary=6)
    tree = grow(drafter, [4, 5])
    assert len(tree)
    assert set(tree.token.tolist()) <= {0, 1, 2, 4, 5}, "3 ends a reply"
    drafter.restore()
    model, drafter = drafting(vocabulary=20)
    assert len(grow(drafter, [4, 15])) == 0
    assert model.passes == 0


def test_a_text_longer_than_the_drafts_context_leaves_a_window_of_it() -> None:
    """Trees go on, and processing the window anew stays within a token for each of the text's."""
    model = FakeModel(slot_count=64, context_length=80)
    drafter = Drafter(MeasuredModel(model), [3], 12)
    text = list(TEXT)
    shape = TreeShape(budget=4, max_depth=4, frontier=4, children=4)
    rounds = slides = read_again = 0
    while len(text) < 300:
        rounds += 1
        before, held = drafter.start, len(drafter.prefix)
        tree = drafter.grow(text, shape, CancelToken())
        assert len(tree) > 0
        if drafter.start != before:
            slides += 1
            read_again += before + held - drafter.start
            fresh = Drafter(MeasuredModel(FakeModel(slot_count=64, context_length=80)), [3], 12)
            assert paths(tree) == paths(fresh.grow(text[drafter.start :], shape, CancelToken()))
        taken = [*tokens_to(tree, 0), (rounds * 5) % 12]
        drafter.keep(taken)
        text += taken
        held = len(drafter.prefix)
        assert drafter.prefix.tokens == text[drafter.start : drafter.start + held]
    assert slides > 5
    assert read_again <= len(text)
    drafter.rewind([7, 7, 7])
    assert (drafter.start, len(drafter.prefix)) == (0, 0)

"""Suggestions against a naive search of the whole text."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.draft_tree import ROOT, DraftTree
from engine.suggest import _EARLIER, _LATEST, _LONGEST, _PLACES, _SHORTEST, SuffixSuggester

END = 3
Path = tuple[int, ...]
texts = st.lists(st.integers(0, END), max_size=60)
repetitive = st.builds(lambda part, times: part * times, texts, st.integers(1, 4))


def naive_continuations(text: list[int], length: int) -> list[Path]:
    """What followed the best earlier places of the text's last tokens, best first."""
    places = [
        place
        for place in range(_SHORTEST, len(text))
        if text[place - _SHORTEST : place] == text[-_SHORTEST:]
    ]
    ranked = sorted(
        ((longest_match(text, place), place) for place in places[-_LATEST:]), reverse=True
    )
    return [up_to_end(text[place : place + length]) for _, place in ranked[:_PLACES]]


def longest_match(text: list[int], place: int) -> int:
    """Tokens before `place` that are also the last of the text, as far as they count."""
    return max(
        n for n in range(1, min(_LONGEST, place) + 1) if text[place - n : place] == text[-n:]
    )


def up_to_end(tokens: list[int]) -> Path:
    return tuple(tokens[: tokens.index(END)] if END in tokens else tokens)


def paths(tree: DraftTree) -> set[Path]:
    return {tuple(int(tree.token[step]) for step in tree.path(node)) for node in range(len(tree))}


def suggest(text: Sequence[int], length: int = 8) -> DraftTree:
    return SuffixSuggester([END]).suggest(text, length)


@given(text=texts | repetitive, length=st.integers(0, 40))
def test_the_tree_is_what_followed_the_longest_suffixes(text: list[int], length: int) -> None:
    tree = suggest(text, length)
    expected = naive_continuations(text, length)
    assert paths(tree) == {path[:n] for path in expected for n in range(1, len(path) + 1)}
    assert len(paths(tree)) == len(tree), "no path twice"
    if best := next((path for path in expected if path), None):
        firsts = tree.parent == ROOT
        likeliest = tree.token[firsts][tree.log_prob[firsts].argmax()]
        assert likeliest == best[0]


@given(text=texts | repetitive, length=st.integers(1, 40))
def test_a_tree_is_sound_and_never_guesses_an_end(text: list[int], length: int) -> None:
    tree = suggest(text, length)
    assert END not in tree.token
    assert tree.max_depth <= length
    for node, parent in enumerate(tree.parent.tolist()):
        assert parent < node
        assert tree.log_prob[node] <= (0.0 if parent == ROOT else tree.log_prob[parent])


@given(
    changes=st.lists(
        st.tuples(st.sampled_from(["grow", "shorten", "replace", "again"]), texts), max_size=8
    )
)
def test_an_index_kept_up_knows_what_a_fresh_one_knows(
    changes: list[tuple[str, list[int]]],
) -> None:
    kept_up, text = SuffixSuggester([END]), list[int]()
    for change, tokens in changes:
        if change == "grow":
            text = text + tokens
        elif change == "shorten":
            text = text[: len(tokens)]
        elif change == "replace":
            text = tokens
        found, fresh = kept_up.suggest(text, 8), suggest(text)
        assert found.token.tolist() == fresh.token.tolist()
        assert found.parent.tolist() == fresh.parent.tolist()
        assert found.log_prob.tolist() == fresh.log_prob.tolist()


def test_a_text_that_repeats_nothing_gives_no_guess() -> None:
    """Its end matches itself, which says nothing of what comes next."""
    assert len(suggest(list(range(10, 40)))) == 0
    assert len(suggest([])) == 0
    assert len(suggest([7])) == 0
    assert len(suggest([7, 7])) == 0


def test_a_copy_goes_on_as_the_original_did() -> None:
    assert paths(suggest([1, 2, 9, 8, 7, 5, 1, 2], length=3)) == {(9,), (9, 8), (9, 8, 7)}


def test_a_continuation_may_run_into_the_text_that_asked_for_it() -> None:
    assert paths(suggest([1, 2, 9, 1, 2])) == {(9,), (9, 1), (9, 1, 2)}


def test_a_continuation_stops_before_an_end() -> None:
    assert paths(suggest([1, 2, 9, END, 8, 1, 2])) == {(9,)}
    assert paths(suggest([1, 2, END, 9, 8, 1, 2])) == set()


def test_a_longer_match_is_likelier_to_go_on() -> None:
    short, long = suggest([1, 2, 9, 4, 1, 2]), suggest([6, 5, 1, 2, 9, 4, 6, 5, 1, 2])
    assert long.log_prob[0] > short.log_prob[0]


def test_of_equal_matches_the_latest_is_likelier() -> None:
    tree = suggest([1, 2, 9, 6, 1, 2, 8, 7, 1, 2], length=1)
    assert tree.token.tolist() == [8, 9]
    assert tree.log_prob[0] > tree.log_prob[1]


def test_a_caller_may_change_its_text_afterwards() -> None:
    suggester, text = SuffixSuggester([END]), [1, 2, 9, 4, 1, 2]
    suggester.suggest(text, 8)
    text[2:] = [8, 1, 2]
    assert paths(suggester.suggest(text, 8)) == {(8,), (8, 1), (8, 1, 2)}


def test_a_path_below_the_text_goes_on_like_the_text_did() -> None:
    suggester = SuffixSuggester([END])
    suggester.suggest([1, 2, 4, 5, 6, 7, 8, 0, 1, 2], 8)
    assert suggester.after([4, 5])[:3] == [6, 7, 8]
    assert suggester.after([4, 0]) == [], "no such place"
    assert suggester.after([]) == [], "two tokens alone are no good match"
    assert SuffixSuggester([END]).after([4, 5, 6]) == []


@pytest.fixture
def keeper() -> SuffixSuggester:
    """May guess from earlier texts."""
    suggester = SuffixSuggester([END])
    suggester.keep_earlier(allowed=True)
    return suggester


def test_an_earlier_text_suggests_where_that_is_allowed(keeper: SuffixSuggester) -> None:
    forgetful = SuffixSuggester([END])
    for suggester in (keeper, forgetful):
        suggester.suggest([4, 5, 6, 7, 8, 9], 8)
    assert paths(keeper.suggest([0, 4, 5], 8)) == {(6,), (6, 7), (6, 7, 8), (6, 7, 8, 9)}
    assert paths(forgetful.suggest([0, 4, 5], 8)) == set()


def test_of_equal_matches_the_text_itself_is_likelier(keeper: SuffixSuggester) -> None:
    keeper.suggest([1, 2, 8, 8], 8)
    tree = keeper.suggest([1, 2, 9, 7, 1, 2], 1)
    assert tree.token.tolist() == [9, 8]
    assert tree.log_prob[0] > tree.log_prob[1]


def test_a_longer_match_in_an_earlier_text_comes_first(keeper: SuffixSuggester) -> None:
    keeper.suggest([6, 1, 2, 8], 8)
    assert keeper.suggest([0, 1, 2, 9, 6, 1, 2], 1).token.tolist() == [8, 9]


def test_a_former_branch_suggests_how_it_went_on(keeper: SuffixSuggester) -> None:
    """The reply is asked for again: what both branches share stays in the text itself."""
    shared = [10, 11, 12, 13]
    keeper.suggest([*shared, 4, 5, 6], 8)
    assert paths(keeper.suggest(shared, 8)) == {(4,), (4, 5), (4, 5, 6)}


def test_no_guess_runs_from_one_earlier_text_into_the_next(keeper: SuffixSuggester) -> None:
    for text in ([1, 2, 4], [5, 6, 7], [8, 9]):
        keeper.suggest(text, 8)
    assert paths(keeper.suggest([0, 1, 2], 8)) == {(4,)}
    assert keeper.after([8, 5, 6]) == [], "two tokens alone are no good match"


def test_a_path_goes_on_like_an_earlier_text(keeper: SuffixSuggester) -> None:
    keeper.suggest([4, 5, 6, 7, 8], 8)
    keeper.suggest([0, 4], 8)
    assert keeper.after([5, 6]) == [7, 8]


def test_nothing_of_a_temporary_text_is_kept(keeper: SuffixSuggester) -> None:
    keeper.begin([4, 5], temporary=True)
    keeper.suggest([4, 5, 6, 7], 8)
    keeper.begin([0, 4, 5], temporary=False)
    assert paths(keeper.suggest([0, 4, 5], 8)) == set()


def test_a_text_before_a_temporary_one_is_kept(keeper: SuffixSuggester) -> None:
    keeper.begin([4, 5, 6, 7], temporary=False)
    keeper.begin([0, 9], temporary=True)
    assert paths(keeper.suggest([0, 9, 4, 5], 8)) == {(6,), (6, 7)}


def test_forbidding_it_forgets_the_earlier_texts(keeper: SuffixSuggester) -> None:
    keeper.suggest([4, 5, 6, 7], 8)
    keeper.suggest([0, 1], 8)
    keeper.keep_earlier(allowed=False)
    keeper.keep_earlier(allowed=True)
    assert paths(keeper.suggest([0, 1, 4, 5], 8)) == set()


def test_the_oldest_texts_go_first(keeper: SuffixSuggester) -> None:
    keeper.suggest([4, 5, 6], 8)
    keeper.suggest(range(100, 100 + _EARLIER), 8)
    assert paths(keeper.suggest([0, 4, 5], 8)) == set()
    last = 100 + _EARLIER - 1
    assert paths(keeper.suggest([0, last - 2, last - 1], 8)) == {(last,)}


def test_texts_from_before_suggest_where_that_is_allowed(keeper: SuffixSuggester) -> None:
    forgetful = SuffixSuggester([END])
    for suggester in (keeper, forgetful):
        suggester.learn_earlier([[4, 5, 6, 7], [8, 9, 10]])
    assert paths(keeper.suggest([0, 4, 5], 8)) == {(6,), (6, 7)}
    assert paths(keeper.suggest([0, 8, 9], 8)) == {(10,)}
    assert paths(forgetful.suggest([0, 4, 5], 8)) == set()


def test_texts_from_before_take_the_place_of_all_others(keeper: SuffixSuggester) -> None:
    keeper.suggest([4, 5, 6, 7], 8)
    keeper.suggest([0, 1], 8)
    keeper.learn_earlier([[8, 9, 10]])
    assert paths(keeper.suggest([0, 1, 4, 5], 8)) == set()
    keeper.learn_earlier([])
    assert paths(keeper.suggest([0, 1, 8, 9], 8)) == set()


def test_a_text_that_is_not_among_them_any_more_stays_out(keeper: SuffixSuggester) -> None:
    """The conversation that is shown went to the trash; what is said from now on counts again."""
    keeper.begin([4, 5, 6, 7], temporary=False)
    keeper.learn_earlier([[8, 9, 10]])
    keeper.begin([0, 4, 5], temporary=False)
    assert paths(keeper.suggest([0, 4, 5], 8)) == set()
    keeper.begin([1, 1, 0, 4], temporary=False)
    assert paths(keeper.suggest([1, 1, 0, 4], 8)) == {(5,)}


def test_of_texts_from_before_the_latest_are_kept(keeper: SuffixSuggester) -> None:
    keeper.learn_earlier([[4, 5, 6], range(100, 100 + _EARLIER - 3), [7, 8, 9]])
    assert paths(keeper.suggest([0, 4, 5], 8)) == set()
    assert paths(keeper.suggest([0, 7, 8], 8)) == {(9,)}
    assert len(keeper._earlier.tokens) == _EARLIER


def test_forbidding_it_forgets_the_texts_from_before(keeper: SuffixSuggester) -> None:
    keeper.learn_earlier([[4, 5, 6, 7]])
    keeper.keep_earlier(allowed=False)
    assert keeper._earlier.tokens == []
    keeper.keep_earlier(allowed=True)
    assert paths(keeper.suggest([0, 4, 5], 8)) == set()

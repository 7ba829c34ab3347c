"""Suggestions against a naive search of the whole text."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.draft_tree import ROOT, DraftTree
from engine.suggest import _LATEST, _LONGEST, _PLACES, _SHORTEST, SuffixSuggester

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

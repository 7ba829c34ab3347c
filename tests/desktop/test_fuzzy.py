"""A few letters find what they abbreviate, the most likely meaning first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.fuzzy import match


def best(query: str, *texts: str) -> str:
    scored = [(hit.score, text) for text in texts if (hit := match(query, text))]
    return max(scored)[1]


@pytest.mark.parametrize(
    ("query", "wanted", "others"),
    [
        ("nc", "New conversation", ("Continue", "Announce")),
        ("theme", "Theme: Dark", ("The other men",)),
        ("set", "Settings", ("Reset the layout", "Sunset")),
        ("dark th", "Theme: Dark", ("Dark matter",)),
    ],
)
def test_the_starts_of_words_count_most(query: str, wanted: str, others: tuple[str, ...]) -> None:
    assert best(query, wanted, *others) == wanted


def test_letters_must_come_in_their_order() -> None:
    assert match("cn", "New conversation") is not None
    assert match("wn", "New") is None
    assert match("newx", "New") is None


def test_the_letters_found_are_told() -> None:
    found = match("nc", "New conversation")
    assert found is not None
    assert found.positions == (0, 4)


def test_words_may_come_in_any_order() -> None:
    assert match("dark theme", "Theme: Dark") is not None


def test_an_empty_query_matches_everything() -> None:
    found = match("", "Anything")
    assert found is not None
    assert found.positions == ()


@given(st.text(max_size=40), st.data())
def test_every_text_is_found_by_some_of_its_letters(text: str, data: st.DataObject) -> None:
    letters = [index for index, letter in enumerate(text) if not letter.isspace()]
    kept = sorted(data.draw(st.sets(st.sampled_from(letters)) if letters else st.just(set())))
    query = "".join(text[index] for index in kept)
    folded = len(text.lower()) == len(text) and len(query.lower()) == len(query)
    found = match(query, text)
    if folded:
        assert found is not None
        assert all(0 <= at < len(text) for at in found.positions)

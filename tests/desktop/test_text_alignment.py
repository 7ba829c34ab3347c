"""From what is shown of a reply back to its source, and so to its tokens."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.rounds import TokenSpan
from desktop.text_alignment import Mark, align, marks
from engine.events import Origin

SOURCE = "The **bold** [link](https://a.b/c) ends.\n\n- item\n- next"
SHOWN = "The bold link ends.\nitem\nnext"


def span(start: int, end: int) -> TokenSpan:
    return TokenSpan(start, end, Origin.TREE, 1, 1)


def test_words_are_found_behind_marks_and_addresses() -> None:
    places, end = align(SOURCE, 0, SHOWN)
    for word in ("The", "bold", "link", "ends", "item", "next"):
        at = SHOWN.index(word)
        assert places[at : at + len(word)] == list(
            range(SOURCE.index(word), SOURCE.index(word) + len(word))
        )
    assert end == len(SOURCE)


def test_blocks_go_on_where_the_former_ended() -> None:
    _, middle = align("one one", 0, "one")
    assert align("one one", middle, "one") == ([4, 5, 6], 7)


def test_what_is_not_in_the_source_costs_nothing_else_its_place() -> None:
    places, _ = align("ab", 0, "a\u2022b")
    assert places == [0, -1, 1]


@given(st.text("ab*_ \n", max_size=60))
def test_every_shown_character_stands_for_an_equal_one(source: str) -> None:
    shown = source.replace("*", "").replace("_", "")
    places, _ = align(source, 0, shown)
    found = [place for place in places if place >= 0]
    assert found == sorted(set(found))
    for place, character in zip(places, shown, strict=True):
        if place >= 0:
            assert source[place] == character
        else:
            assert character.isspace()


def test_a_token_is_marked_where_it_is_shown() -> None:
    spans = [span(0, 4), span(4, 12), span(12, len(SOURCE))]
    places, _ = align(SOURCE, 0, SHOWN)
    first, second, *rest = marks(places, SHOWN, spans)
    assert (first, second) == (Mark(0, 4, spans[0]), Mark(4, 8, spans[1]))
    assert {mark.span for mark in rest} == {spans[2]}


def test_marks_count_as_qt_does() -> None:
    text = "\U0001f600ab"
    places, _ = align(text, 0, text)
    assert marks(places, text, [span(0, 1), span(1, 3)]) == [
        Mark(0, 2, span(0, 1)),
        Mark(2, 4, span(1, 3)),
    ]

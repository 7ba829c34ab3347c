"""Heights of many items: the same as if they were added up each time."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.views.heights import Heights

GAP, MARGIN = 24, 10
SIZES = st.lists(st.integers(1, 300), min_size=1, max_size=30)


def shown(sizes: list[int]) -> Heights[int]:
    heights: Heights[int] = Heights(GAP, MARGIN)
    heights.show(range(len(sizes)), sizes.__getitem__)
    return heights


def tops(sizes: list[int]) -> list[int]:
    return [MARGIN + sum(sizes[:index]) + index * GAP for index in range(len(sizes))]


@given(SIZES, st.data())
def test_places_follow_every_change(sizes: list[int], data: st.DataObject) -> None:
    heights = shown(sizes)
    for _ in range(data.draw(st.integers(0, 5))):
        index = data.draw(st.integers(0, len(sizes) - 1))
        size = data.draw(st.integers(1, 300))
        assert heights.put(index, size) is (size != sizes[index])
        sizes[index] = size
        assert [heights.top(one) for one in range(len(sizes))] == tops(sizes)
    assert heights.total == tops(sizes)[-1] + sizes[-1]


@given(SIZES, st.integers(-100, 9000))
def test_the_item_at_a_place_is_the_last_that_begins_before_it(sizes: list[int], y: int) -> None:
    index = shown(sizes).at(y)
    assert index == 0 or tops(sizes)[index] <= y
    assert index == len(sizes) - 1 or tops(sizes)[index + 1] > y


def test_known_heights_outlive_other_items() -> None:
    heights: Heights[str] = Heights(GAP, MARGIN)
    heights.show(["a", "b"], lambda _: 100)
    heights.put(1, 70)
    heights.show(["b", "c"], lambda _: 100)
    assert (heights.height(0), heights.height(1)) == (70, 100)
    heights.show(["c"], lambda _: 100)
    heights.show(["b"], lambda _: 100)
    assert heights.height(0) == 100


def test_nothing_is_as_tall_as_its_margin() -> None:
    heights: Heights[str] = Heights(GAP, MARGIN)
    assert heights.total == MARGIN


@given(SIZES, SIZES, st.data())
def test_the_items_before_a_change_stay(
    sizes: list[int], others: list[int], data: st.DataObject
) -> None:
    heights = shown(sizes)
    assert heights.total > 0
    first = data.draw(st.integers(0, len(sizes)))
    heights.show_from(first, range(first, first + len(others)), others)
    now = sizes[:first] + others
    assert [heights.top(one) for one in range(len(heights))] == tops(now)
    assert heights.total == tops(now)[-1] + now[-1]

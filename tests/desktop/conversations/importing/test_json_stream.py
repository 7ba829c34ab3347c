"""JSON from strangers: one value at a time, none beyond its bounds, every damage a sentence."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.conversations.importing.json_stream import Bounds, Json, JsonStream, Refused
from desktop.conversations.importing.troubles import BadImport

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
flat = st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=5), scalars, max_size=3)
values = scalars | flat | st.lists(flat, max_size=3)


gaps = st.sampled_from(["\n", "\r\n\n"])


def read(data: bytes, **options: str | Bounds) -> list[Json | Refused]:
    return list(JsonStream(io.BytesIO(data), **options))  # type: ignore[arg-type]


@given(st.lists(values, max_size=4))
def test_an_array_gives_its_items(items: list[Json]) -> None:
    assert read(json.dumps(items, ensure_ascii=False).encode()) == items


@given(st.lists(flat, max_size=4).map(lambda found: [{"a": one} for one in found]), gaps)
def test_lines_give_their_values(items: list[Json], gap: str) -> None:
    text = gap.join(json.dumps(item) for item in items)
    if items:
        assert read(b"\xef\xbb\xbf" + text.encode()) == items


def test_a_key_gives_the_items_under_it_and_the_rest_aside() -> None:
    stream = JsonStream(
        io.BytesIO(b'{"version": 2, "items": [1, {"a": 2}], "end": [3]}'), key="items"
    )
    assert list(stream) == [1, {"a": 2}]
    assert stream.head == {"version": 2, "end": [3]}


def test_huge_numbers_are_no_trouble() -> None:
    huge = "9" * 4_000
    text = f'[{{"a": [1, 2.5]}}, {huge}, 1e999, -1e999, {2**64}]'
    assert read(text.encode()) == [{"a": [1, 2.5]}, int(huge), "1E+999", "-1E+999", 2**64]


def test_a_huge_number_far_into_a_file() -> None:
    items = [{"n": number} for number in range(30_000)]
    text = json.dumps([*items, 2**70])
    assert read(text.encode(), bounds=Bounds(string_bytes=100_000)) == [*items, 2**70]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"a": [1, 2', "ends in the middle"),
        (b'[{"a": 1}, {"b"', "ends in the middle"),
        (b"", "ends in the middle"),
        (b'["\xff\xfe"]', "not UTF-8 text near its beginning"),
        (b"[1] or so", "no JSON near its beginning"),
        (b'{"a": NaN}', "no JSON near its beginning"),
        (b"[" + b"9" * 5_000 + b"]", "no JSON near its beginning"),
        (b'"' + b"x" * 400_000 + b'"', "holds a text longer than 0 MB"),
    ],
)
def test_damage_is_told(data: bytes, sentence: str) -> None:
    with pytest.raises(BadImport, match=sentence):
        read(data, bounds=Bounds(string_bytes=200_000))


def test_what_stands_before_the_damage_is_read() -> None:
    stream = iter(JsonStream(io.BytesIO(b'[{"a": 1}, {"b": 2}, {"c')))
    assert [next(stream), next(stream)] == [{"a": 1}, {"b": 2}]
    with pytest.raises(BadImport):
        next(stream)


def test_what_is_beyond_the_bounds_is_skipped() -> None:
    deep = "[" * 300 + "]" * 300
    wide = json.dumps({"title": "w", "many": [0] * 2_000})
    text = f'[{{"title": "d", "deep": {deep}}}, {wide}, {{"good": 1}}]'
    first, second, third = read(text.encode(), bounds=Bounds(parts=1_000))
    assert isinstance(first, Refused)
    assert first.reason == "It is nested too deeply."
    assert isinstance(first.begun, dict)
    assert first.begun["title"] == "d"
    assert isinstance(second, Refused)
    assert second.reason == "It is too large."
    assert third == {"good": 1}


def test_very_many_brackets_are_skipped() -> None:
    text = b"[" + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b", 2]"
    first, second = read(text)
    assert isinstance(first, Refused)
    assert second == 2


def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.RawIOBase):
        """2 MB of small objects, made as they are read."""

        def __init__(self) -> None:
            self.left = 2 << 20

        def read(self, size: int = -1) -> bytes:
            if self.left <= 0:
                return b""
            self.left -= 1 << 16
            return b'{"text": "some words of a message"}\n' * ((1 << 16) // 36)

    tracemalloc.start()
    count = sum(1 for _ in JsonStream(Endless()))  # type: ignore[arg-type, misc]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 50_000
    assert peak < 1 << 20

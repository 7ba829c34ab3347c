"""Streamed text: whole characters, stop strings held back, however tokens cut the bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.detokenize import StreamingText


@dataclass(frozen=True)
class Pieces:
    """A vocabulary whose token n is the n-th piece."""

    pieces: Sequence[bytes]
    control_texts: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.pieces)

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        raise NotImplementedError

    def piece(self, token: int) -> bytes:
        return self.pieces[token]

    def is_end(self, token: int) -> bool:
        return False


def stream(pieces: Sequence[bytes], stop: tuple[str, ...] = ()) -> tuple[list[str], StreamingText]:
    """What each token released, then what the end released."""
    text = StreamingText(Pieces(pieces), stop)
    released = [text.add(token) for token in range(len(pieces))]
    return [*released, text.finish()], text


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)]


def expected(text: str, stop: tuple[str, ...]) -> str:
    """Read character by character, the text ends where a stop string is first complete."""
    for end in range(1, len(text) + 1):
        lengths = [len(s) for s in stop if text[:end].endswith(s)]
        if lengths:
            return text[: end - max(lengths)]
    return text


def test_a_character_of_several_tokens_comes_out_whole() -> None:
    released, _ = stream([b"h", *[bytes([byte]) for byte in "é🌊".encode()]])
    assert released == ["h", "", "é", "", "", "", "🌊", ""]


def test_a_stop_string_over_several_tokens_never_shows() -> None:
    released, text = stream([b"one <", b"EN", b"D> two"], ("<END>",))
    assert released == ["one ", "", "", ""]
    assert text.stopped


def test_the_start_of_a_stop_string_that_does_not_end_comes_out_later() -> None:
    released, text = stream([b"a <EN", b"X", b" <E"], ("<END>",))
    assert released == ["a ", "<ENX", " ", "<E"]
    assert not text.stopped


def test_nothing_follows_a_stop_string() -> None:
    released, _ = stream([b"a STOP b", b" c", "é".encode()[:1]], ("STOP",))
    assert released == ["a ", "", "", ""]


def test_a_reply_that_ends_inside_a_character_says_so() -> None:
    released, _ = stream([b"a", "🌊".encode()[:3]])
    assert "".join(released) == "a\N{REPLACEMENT CHARACTER}"


@given(data=st.binary(max_size=40), places=st.lists(st.integers(0, 100), max_size=12))
def test_any_cut_of_any_bytes_gives_the_same_text(data: bytes, places: list[int]) -> None:
    released, _ = stream(cut(data, places))
    assert "".join(released) == data.decode("utf-8", "replace")


@given(
    text=st.text("ab<é🌊", max_size=30),
    stop=st.lists(st.text("ab<é🌊", min_size=1, max_size=4), max_size=3).map(tuple),
    places=st.lists(st.integers(0, 200), max_size=20),
)
def test_any_cut_ends_at_the_same_stop_string(
    text: str, stop: tuple[str, ...], places: list[int]
) -> None:
    released, streamed = stream(cut(text.encode(), places), stop)
    assert "".join(released) == expected(text, stop)
    assert streamed.stopped == any(s in text for s in stop)

"""Files of other apps, broken at random, and the kept ones that once said something new."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from desktop.conversations import ConversationStore
from desktop.conversations.importing.parsed import Imported, Unreadable
from desktop.conversations.importing.run import import_files
from engine.errors import OutriderError
from tests.conftest import Golden
from tests.desktop.conversations.importing.places import GOLDEN, all_of, ollama_file

KEPT: Final = Path(__file__).parent / "broken"
"""One file for each kind of sentence that broken files brought about."""
_EACH: Final = 40
_PIECES: Final = (
    b"null", b"true", b"[", b"]", b"{", b"}", b'"', b",", b":", b"\\", b"\0", b"\n", b"\xff",
    b"\xed\xa0\x80", b'"\\ud800"', b"-1", b"1e999", b"9" * 400, b"[" * 300, b'{"a":' * 300,
    b'"\\u202e"', b"NaN", b"Infinity",
)  # fmt: skip


def _flip(content: bytearray, choose: random.Random) -> None:
    for _ in range(choose.randint(1, 4)):
        content[choose.randrange(len(content))] = choose.randrange(256)


def _truncate(content: bytearray, choose: random.Random) -> None:
    del content[choose.randrange(len(content)) :]


def _drop(content: bytearray, choose: random.Random) -> None:
    start = choose.randrange(len(content))
    del content[start : start + choose.randint(1, 64)]


def _repeat(content: bytearray, choose: random.Random) -> None:
    start = choose.randrange(len(content))
    content[start:start] = content[start : start + choose.randint(1, 64)]


def _put_in(content: bytearray, choose: random.Random) -> None:
    start = choose.randrange(len(content))
    content[start:start] = choose.choice(_PIECES)


def _swap_a_value(content: bytearray, choose: random.Random) -> None:
    """Another kind of value in its place: what readers trust most."""
    values = list(re.finditer(rb'"[^"]*"(?!\s*:)|\b\d[\d.]*\b', bytes(content)))
    if values:
        start, end = choose.choice(values).span()
        content[start:end] = choose.choice(_PIECES)


_WAYS: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    _flip,
    _truncate,
    _drop,
    _repeat,
    _put_in,
    _swap_a_value,
)


def broken(content: bytes, seed: int) -> Iterator[bytes]:
    """Ever other ways in which `content` may be wrong, the same on every run."""
    choose = random.Random(seed)  # noqa: S311  no secret
    while True:
        mutated = bytearray(content)
        for _ in range(choose.randint(1, 3)):
            choose.choice(_WAYS)(mutated, choose) if mutated else None
        yield bytes(mutated)


def outcome(path: Path) -> str:
    """What is said of a file or of its first unreadable conversation; "" for nothing."""
    try:
        parsed = all_of(path)
    except OutriderError as error:
        sentence = error.message
    else:
        assert all(isinstance(one, Imported | Unreadable) for one in parsed)
        sentence = next((one.reason for one in parsed if isinstance(one, Unreadable)), "")
    assert len(sentence) < 300
    assert "\n" not in sentence
    return sentence


FILES: Final = tuple(
    sorted(
        path.relative_to(GOLDEN).as_posix()
        for path in GOLDEN.rglob("*")
        if path.suffix in (".json", ".jsonl")
    )
)


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_read_or_gets_a_sentence(
    name: str, tmp_path: Path, store: ConversationStore
) -> None:
    path = tmp_path / Path(name).name
    for content in islice(broken((GOLDEN / name).read_bytes(), FILES.index(name)), _EACH):
        path.write_bytes(content)
        if not outcome(path):
            import_files([path], store)
        path.unlink()  # writing over a file waits for the disk


def test_a_broken_database_is_read_or_gets_a_sentence(tmp_path: Path) -> None:
    sound = ollama_file(tmp_path).read_bytes()
    path = tmp_path / "broken.sqlite"
    for content in islice(broken(sound, len(FILES)), _EACH):
        path.write_bytes(content)
        outcome(path)
        path.unlink()


def test_the_kept_ones_say_what_they_said(golden: Golden) -> None:
    files = sorted(KEPT.iterdir())
    assert len(files) >= 9
    golden("broken_imports.json", {path.name: outcome(path) for path in files})

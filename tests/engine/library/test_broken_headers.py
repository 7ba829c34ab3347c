"""2,000 broken headers give 2,000 sentences, and those that once said something new are kept."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from engine.library.listing import read_model
from engine.library.stores.found import FoundFile
from tests.broken_headers import SOUND, mutations
from tests.conftest import Golden

CORPUS = Path(__file__).parent / "broken_headers"
"""One file for each kind of sentence that mutations brought about; named by its sentence's hash."""


def refusal_of(path: Path) -> str:
    """What the list of models says of a file; "" for one that can be used."""
    sentence = read_model(FoundFile(path, path.stem)).refusal
    assert sentence.isprintable()
    assert len(sentence) < 300
    assert not sentence or re.match(r"\S+\.gguf .+\.$", sentence), sentence
    return sentence


def broken(path: Path) -> Iterator[str]:
    """The sentences about mutated files, without those that came out sound."""
    for content in mutations():
        path.write_bytes(content)
        if sentence := refusal_of(path):
            yield sentence
        path.unlink()  # writing over a file waits for the disk


@pytest.mark.parametrize("content", SOUND[:-1])
def test_what_is_broken_was_sound_before(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    assert refusal_of(path) == ""


def test_two_thousand_broken_headers_give_as_many_sentences(tmp_path: Path) -> None:
    sentences = list(islice(broken(tmp_path / "m.gguf"), 2000))
    assert len(sentences) == 2000
    kinds = {re.sub(r"“.*”|[\d,.]+", "#", sentence) for sentence in sentences}
    assert len(kinds) > 25


def test_the_kept_ones_say_what_they_said(golden: Golden) -> None:
    files = sorted(CORPUS.glob("*.gguf"))
    assert len(files) > 30
    golden("broken_headers.json", {path.name: refusal_of(path) for path in files})

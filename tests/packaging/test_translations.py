"""Every catalogue has every sentence of the code, translated whole, with the same values in it."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

import translations

CATALOGUES = sorted(translations.CATALOGUES.glob("*.po"))
pytestmark = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)


def texts(words: object) -> list[str]:
    return list(words) if isinstance(words, (list, tuple)) else [str(words)]


def placeholders(text: str) -> set[tuple[str, str]]:
    fields = Formatter().parse(text)
    return {(name, spec or "") for _text, name, spec, _conversion in fields if name is not None}


def shape(text: str) -> tuple[bool, bool, str]:
    """What a translation shares: white space at the ends, and how the sentence ends."""
    ending = text[-1] if text[-1:] in set(".…:?") else ""
    return text[:1].isspace(), text[-1:].isspace(), ending


def messages(path: Path) -> Iterator[Message]:
    return (message for message in translations.read(path) if message.id)


def test_the_catalogue_is_up_to_date(path: Path) -> None:
    assert path.read_bytes() == translations.updated(path), "`make translations` brings it there"


def test_what_gettext_reads_is_the_catalogue(path: Path) -> None:
    binary = path.with_suffix(".mo").read_bytes()
    assert binary == translations.compiled(path), "`make translations` compiles it"


def test_every_sentence_is_translated(path: Path) -> None:
    assert [message.id for message in translations.missing(path)] == []


def test_every_translation_has_the_values_of_its_sentence(path: Path) -> None:
    wrong = [
        text
        for message in messages(path)
        for text in texts(message.string)
        if placeholders(text) not in map(placeholders, texts(message.id))
    ]
    assert not wrong


def test_every_translation_ends_as_its_sentence_does(path: Path) -> None:
    wrong = [
        text
        for message in messages(path)
        for text in texts(message.string)
        if shape(text) not in map(shape, texts(message.id))
    ]
    assert not wrong


def test_plurals_have_as_many_forms_as_the_language(path: Path) -> None:
    forms = translations.read(path).num_plurals
    plurals = [message for message in messages(path) if message.pluralizable]
    assert all(len(texts(message.string)) == forms for message in plurals)

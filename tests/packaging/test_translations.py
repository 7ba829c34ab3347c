"""Every catalogue has every sentence of the code, translated whole, with the same values in it."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message

import translations

PYTHON = """
words = f"{tr('in an f-string')}"
other = trn("{n} part", "{n} parts", 2) + tr("two " "strings")
"""
CATALOGUES = sorted(translations.CATALOGUES.glob("*.po"))
every_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)


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


@every_catalogue
def test_the_catalogue_is_up_to_date(path: Path) -> None:
    assert path.read_bytes() == translations.updated(path), "`make translations` brings it there"


@every_catalogue
def test_what_gettext_reads_is_the_catalogue(path: Path) -> None:
    binary = path.with_suffix(".mo").read_bytes()
    assert binary == translations.compiled(path), "`make translations` compiles it"


@every_catalogue
def test_every_sentence_is_translated(path: Path) -> None:
    assert [message.id for message in translations.missing(path)] == []


@every_catalogue
def test_every_translation_has_the_values_of_its_sentence(path: Path) -> None:
    wrong = [
        text
        for message in messages(path)
        for text in texts(message.string)
        if placeholders(text) not in map(placeholders, texts(message.id))
    ]
    assert not wrong


@every_catalogue
def test_every_translation_ends_as_its_sentence_does(path: Path) -> None:
    wrong = [
        text
        for message in messages(path)
        for text in texts(message.string)
        if shape(text) not in map(shape, texts(message.id))
    ]
    assert not wrong


@every_catalogue
def test_plurals_have_as_many_forms_as_the_language(path: Path) -> None:
    forms = translations.read(path).num_plurals
    plurals = [message for message in messages(path) if message.pluralizable]
    assert plurals
    assert all(len(texts(message.string)) == forms for message in plurals)


def test_sentences_are_found_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "words.py"
    path.write_text(PYTHON)
    found = [words for _line, words in translations.said_in(path)]
    assert sorted(found) == [("in an f-string",), ("two strings",), ("{n} part", "{n} parts")]


@pytest.mark.parametrize("words", ['f"{n} parts"', "words", '"a" + words'])
def test_a_sentence_that_is_put_together_is_refused(tmp_path: Path, words: str) -> None:
    path = tmp_path / "words.py"
    path.write_text(f"tr({words})")
    with pytest.raises(TypeError, match="no literal in line 1"):
        list(translations.said_in(path))

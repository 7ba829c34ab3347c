"""Words and numbers in the person's language, and the marks that show what was never translated."""

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import language

ROOT = Path(__file__).parents[2]
SENTENCE = "Choose a target."


@pytest.fixture(autouse=True)
def english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(language.VARIABLE, language.ENGLISH)
    yield
    language.choose(language.ENGLISH)


def test_english_is_what_the_code_says() -> None:
    assert language.tr(SENTENCE) == SENTENCE
    assert language.trn("{n} part", "{n} parts", 1) == "{n} part"
    assert language.trn("{n} part", "{n} parts", 0) == "{n} parts"
    assert language.decimal(12345.67) == "12,345.7"
    assert language.whole(8192) == "8,192"
    assert language.whole((1 << 63) - 1) == "9,223,372,036,854,775,807"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2318.4, "2,318"),
        (20.0, "20"),
        (19.94, "19.9"),
        (0.87, "0.9"),
        (0.1, "0.1"),
        (0.0996, "0.10"),
        (0.0341, "0.034"),
        (0.0034, "0.0034"),
        (0.00003, "0.0"),
        (0.0, "0.0"),
    ],
)
def test_a_measured_number_is_never_rounded_to_nothing(value: float, words: str) -> None:
    assert language.figure(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(48.2, "48"), (9.96, "10"), (5.21, "5.2"), (0.874, "0.87"), (0.0341, "0.034")],
)
def test_an_estimate_has_two_digits(value: float, words: str) -> None:
    assert language.two_digits(value) == words


def test_a_date_is_written_so_that_it_sorts() -> None:
    assert language.date(dt.date(2026, 3, 9)) == "2026-03-09"


def test_german_words_and_numbers() -> None:
    language.choose("de")
    assert language.tr(SENTENCE) == "Ein Zielmodell wählen."
    assert language.decimal(12345.67) == "12.345,7"
    assert language.whole(8192) == "8.192"
    assert language.date(dt.date(2026, 3, 9)) == "09.03.2026"
    assert language.tr("never said") == "never said"


@pytest.mark.parametrize("name", ["de", "de_AT", "de-CH", "de_DE.UTF-8", "DE"])
def test_a_variant_gets_the_words_of_its_language(name: str) -> None:
    assert language.serving(name) == "de"


@pytest.mark.parametrize("name", ["C", "", "tlh", "../de", "pt_BR"])
def test_a_language_without_words_gets_english(name: str) -> None:
    assert language.serving(name) is None
    language.choose(name)
    assert language.spoken() == language.ENGLISH


def test_the_choice_reaches_the_processes_that_are_started_after_it() -> None:
    language.choose("de")
    code = f"from engine import language; print(language.tr({SENTENCE!r}))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert done.stdout.strip() == "Ein Zielmodell wählen."


def test_marks_are_around_every_sentence() -> None:
    language.choose(language.MARKED)
    assert language.tr("{n} parts").format(n=2) == "⟦2 parts⟧"
    assert language.trn("one", "many", 2) == "⟦many⟧"
    assert not language.is_right_to_left()
    language.choose(language.MIRRORED)
    assert language.is_right_to_left()


def test_english_comes_first_of_all_that_there_are() -> None:
    assert language.languages()[0] == language.ENGLISH
    assert "de" in language.languages()

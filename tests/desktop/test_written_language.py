"""The language of a text, by a library; where that cannot tell, the person's."""

from collections.abc import Iterator

import pytest

from desktop.written_language import written_language
from engine import language
from engine.language import choose


@pytest.fixture
def _german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(language.VARIABLE, "")
    choose("de")
    yield
    choose("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello! How can I help you today?", "en"),
        ("Die Funktion parse_args gibt None zurück.", "de"),
        ("Je ne sais pas encore ce que je vais faire demain.", "fr"),
        ("La mer est calme, и море спокойно, море спокойно этой ночью.", "ru"),
        ("今日は天気がいいですね", "ja"),
        ("مرحبا بالعالم", "ar"),
    ],
)
def test_a_sentence_tells_its_language(text: str, code: str) -> None:
    assert written_language(text) == code


@pytest.mark.usefixtures("_german")
@pytest.mark.parametrize("text", ["", "42", "Berlin", "SmolLM2-135M-Instruct"])
def test_what_tells_nothing_is_taken_for_the_persons_language(text: str) -> None:
    assert written_language(text) == "de"


@pytest.mark.usefixtures("_german")
def test_a_library_that_cannot_be_read_costs_the_language_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("py3langid.langid.MODEL_FILE", "nowhere")
    assert written_language("Hello! How can I help you today?") == "de"

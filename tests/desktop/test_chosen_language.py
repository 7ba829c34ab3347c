"""The language of a start: the environment's, else the setting's, else the computer's."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from desktop import chosen_language, start
from desktop.settings import LANGUAGE, Settings
from engine import language, paths


@pytest.fixture(autouse=True)
def english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(language.VARIABLE, raising=False)
    yield
    language.choose(language.ENGLISH)


@pytest.fixture
def settings() -> Settings:
    return Settings(paths.config_dir() / paths.SETTINGS_NAME)


def speak(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    computer = SimpleNamespace(uiLanguages=lambda: list(names))
    monkeypatch.setattr(chosen_language, "QLocale", SimpleNamespace(system=lambda: computer))


def test_the_first_language_of_the_computer_that_there_are_words_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speak(monkeypatch, "fr-FR", "fr", "de-Latn-AT", "en")
    chosen_language.choose_language()
    assert language.spoken() == "de"


def test_english_where_there_are_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "C")
    chosen_language.choose_language()
    assert language.spoken() == "en"


def test_the_setting_comes_before_the_computer(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    speak(monkeypatch, "en-GB")
    settings.set(LANGUAGE, "de")
    chosen_language.choose_language()
    assert language.spoken() == "de"


def test_the_environment_comes_before_the_setting(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.set(LANGUAGE, "de")
    monkeypatch.setenv(language.VARIABLE, "en")
    chosen_language.choose_language()
    assert language.spoken() == "en"


@pytest.mark.parametrize("text", ["= damaged", "appearance = 1", "[appearance]\nlanguage = 7"])
def test_a_damaged_file_is_left_to_the_settings(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    speak(monkeypatch, "de")
    (paths.config_dir() / paths.SETTINGS_NAME).write_text(text)
    chosen_language.choose_language()
    assert language.spoken() == "de"


def test_qt_speaks_german_too(qapp: QApplication) -> None:
    language.choose("de")
    words = start.speak(qapp)
    try:
        assert qapp.translate("QPlatformTheme", "Cancel") == "Abbrechen"
        assert QLocale().toString(1234.5) == "1.234,5"
    finally:
        qapp.removeTranslator(words)
        QLocale.setDefault(QLocale("en"))


def test_the_direction_follows_the_language(qapp: QApplication) -> None:
    language.choose(language.MIRRORED)
    try:
        start.speak(qapp)
        assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

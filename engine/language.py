"""The person's language: words from a gettext catalogue, and numbers and dates as it writes them.

A process speaks one language from its start to its end. Many modules make their words while they
are imported, so whoever chooses does it before importing them: `desktop/__main__.py`.
"""

import datetime as dt
import gettext
import os
import re
from dataclasses import dataclass, field
from typing import Final

from resources import resource_path

VARIABLE: Final = "OUTRIDER_LANGUAGE"
"""Names the language of a process, and of those it starts. Without it a process speaks English."""
ENGLISH: Final = "en"
MARKED: Final = "marked"
"""English with marks around every sentence: shows which words never went through `tr`."""
MIRRORED: Final = "mirrored"
"""The same from right to left: shows what does not follow the direction of reading."""

_RIGHT_TO_LEFT: Final = {"ar", "fa", "he", "ur", MIRRORED}
_WHOLE_FROM: Final = 20
_DIGITS_BELOW: Final = 0.1
_NOTHING_BELOW: Final = 0.0001
_SEPARATORS: Final = {"de": str.maketrans(",.", ".,")}
"""From what Python writes. A language that is not here writes numbers as English does."""
_DATES: Final = {"de": "%d.%m.%Y"}


class _Marks(gettext.NullTranslations):
    def __init__(self, lead: str) -> None:
        super().__init__()
        self._lead = lead

    def gettext(self, message: str) -> str:
        return f"{self._lead}⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


_PSEUDO: Final = {MARKED: _Marks(""), MIRRORED: _Marks("\N{RIGHT-TO-LEFT MARK}")}
"""The direction of a text is that of its first letter: the mark stands for one."""


@dataclass
class _Chosen:
    language: str = ENGLISH
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)


_chosen: Final = _Chosen()


def tr(text: str) -> str:
    """`text` in the person's language. Values come in afterwards: `tr("{n} GB").format(n=n)`.

    `text` is a literal, for `make translations` to find, and a whole sentence wherever it can be.
    """
    return _chosen.catalogue.gettext(text)


def tr_data(text: str) -> str:
    """As `tr`, for a sentence of a data file that `make translations` reads."""
    return _chosen.catalogue.gettext(text) if text else ""


def tr_in(text: str, language: str) -> str:
    """As `tr`, for a reader of another language; "" where there are no words in it."""
    if language in ("", _chosen.language):
        return _chosen.catalogue.gettext(text)
    return _catalogue(language).gettext(text) if language in languages() else ""


def trn(one: str, many: str, n: int) -> str:
    """As `tr`, in the form that the language uses for `n` of something."""
    return _chosen.catalogue.ngettext(one, many, n)


def whole(value: float) -> str:
    """Such as 2,318."""
    return _as_written_here(f"{round(value):,}")


def decimal(value: float, places: int = 1) -> str:
    """Such as 2,318.5."""
    return _as_written_here(f"{value:,.{places}f}")


def figure(value: float) -> str:
    """A measured number: one decimal, from 20 up none, two digits where it would be 0.0."""
    if _NOTHING_BELOW <= value < _DIGITS_BELOW:
        return two_digits(value)
    return whole(value) if value >= _WHOLE_FROM else decimal(value)


def two_digits(value: float) -> str:
    """Such as 48, 5.2, 0.87 or 0.034: a positive number as far as an estimate can be believed."""
    exponent = int(f"{value:.1e}".partition("e")[2])
    return decimal(value, max(1 - exponent, 0))


def percent(fraction: float) -> str:
    """Such as 41 %."""
    return f"{whole(100 * fraction)} %"


def date(day: dt.date) -> str:
    """Such as 2026-11-27."""
    return f"{day:{_DATES.get(_chosen.language, '%Y-%m-%d')}}"


def _as_written_here(number: str) -> str:
    return number.translate(_SEPARATORS.get(_chosen.language, {}))


def languages() -> tuple[str, ...]:
    """All that there is a catalogue for, English first."""
    found = sorted(path.stem for path in resource_path("translations").glob("*.mo"))
    return (ENGLISH, *found)


def spoken() -> str:
    """The language of this process."""
    return _chosen.language


def spoken_code() -> str:
    """The same, as others know it: the pseudo languages are English."""
    return ENGLISH if _chosen.language in _PSEUDO else _chosen.language


def is_right_to_left() -> bool:
    """Whether the language of this process is written from right to left."""
    return _chosen.language in _RIGHT_TO_LEFT


def serving(wanted: str) -> str | None:
    """The language that there are words for and that serves `wanted`, such as de_AT.UTF-8."""
    main = re.split(r"[-_.@]", wanted, maxsplit=1)[0].lower()
    return main if main in (*languages(), *_PSEUDO) else None


def choose(language: str) -> None:
    """Speak `language` from now on, also in processes started after this; English where it has
    no words."""
    _chosen.language = serving(language) or ENGLISH
    _chosen.catalogue = _catalogue(_chosen.language)
    os.environ[VARIABLE] = _chosen.language


def _catalogue(language: str) -> gettext.NullTranslations:
    if language in _PSEUDO:
        return _PSEUDO[language]
    path = resource_path(f"translations/{language}.mo")
    if language == ENGLISH or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


if _asked := os.environ.get(VARIABLE):
    choose(_asked)

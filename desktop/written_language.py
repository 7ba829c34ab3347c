"""In which language a text is written."""

import logging
from typing import Final

from engine.language import spoken_code

_READ: Final = 4000
"""Characters of a text that are looked at."""
_SURE: Final = 0.4
"""Below this the library guesses: names, numbers and single words."""
_OFFERED: Final = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he"),
    *("hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro"),
    *("ru", "sk", "sl", "sr", "sv", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh"),
)
"""The library knows 139; fewer, those for which systems have voices, are fewer mistakes."""

_log = logging.getLogger("outrider.speech")


def written_language(text: str) -> str:
    """Its code, such as "de"; the person's language where that is not clear.

    Takes half a second and 80 MB while it runs: for a thread of its own.
    """
    try:
        # Not at the top: numpy comes along, which the window does not need otherwise. And not
        # kept: the memory belongs to the models.
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        identifier.set_languages(_OFFERED)
        language, chance = identifier.classify(text[:_READ])
    except (ImportError, OSError, MemoryError):
        _log.exception("The language of a text is not known")
        return spoken_code()
    return str(language) if chance >= _SURE else spoken_code()

"""Names for exported files that every file system of Windows, macOS and Linux takes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from desktop.conversations.database import storable_text

_NAME_CHARACTERS: Final = 60
_NAME_BYTES: Final = 120
"""Short enough for encrypted folders (143 bytes) and for Windows' limit of 260 with a path."""
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)


def safe_stem(title: str) -> str:
    """A name made of the title, without a suffix; never empty."""
    plain = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", storable_text(title)))
    visible = (
        character
        for character in plain
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    stem = _shortened(" ".join("".join(visible).split()).lstrip(" .-~"))
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return stem or "conversation"


def _shortened(stem: str) -> str:
    start = stem[:_NAME_CHARACTERS].encode()[:_NAME_BYTES].decode(errors="ignore")
    return start.rstrip(" .")


class UniqueStems:
    """Names of one export: the second of the same name gets a number, and so on."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._given = Counter(_key(stem) for stem in taken)

    def next(self, title: str) -> str:
        """A name that was not given before and is not taken."""
        stem = plain = safe_stem(title)
        while self._given[_key(stem)]:
            self._given[_key(plain)] += 1
            stem = f"{plain} ({self._given[_key(plain)]})"
        self._given[_key(stem)] += 1
        return stem


def _key(stem: str) -> str:
    """File systems may tell neither upper from lower case nor é from e with an accent."""
    return unicodedata.normalize("NFD", stem).casefold()

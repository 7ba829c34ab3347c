"""How much of an attached file is read."""

from dataclasses import dataclass

from engine.language import tr, whole


@dataclass(frozen=True)
class Limits:
    """More of a file than this fits no model, or is a file made to do harm."""

    file_bytes: int = 64 << 20
    characters: int = 2_000_000
    pages: int = 2_000
    unpacked_bytes: int = 200 << 20
    ratio: int = 120
    """Unpacked to packed bytes of a DOCX, once it unpacks to more than `unpacked_free`."""
    unpacked_free: int = 10 << 20
    seconds: float = 60.0


@dataclass(frozen=True)
class Extract:
    """The text of a file."""

    text: str
    shortened: str = ""
    """What of the file it is, if it is not all: "the first 2,000 of 3,100 pages"."""


def cut(text: str, limits: Limits) -> Extract:
    """The text, as much of it as is allowed."""
    if len(text) <= limits.characters:
        return Extract(text)
    return Extract(
        text[: limits.characters],
        tr("the first {characters} characters").format(characters=whole(limits.characters)),
    )

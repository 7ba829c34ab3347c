"""A name for a conversation, taken from its first message."""

import re
import unicodedata
from typing import Final

MAX_TITLE: Final = 48
_FENCE: Final = re.compile(r"\s*(```|~~~)")
_LINE_MARKS: Final = re.compile(r"^(#+|>|[-*+])\s+")
_LABEL: Final = re.compile(r"^\W{0,3}(title|titel|name)\W{0,3}:\W{0,3}", re.IGNORECASE)
_EMPHASIS: Final = re.compile(r"\*\*|__|`")
_AROUND: Final = " .,:;*_`\"'\u00ab\u00bb\u201e\u201c\u201d\u201a\u2018\u2019"
"""Marks around a title, quotation marks of several languages among them."""
# Joiners are part of words and emoji; the other format characters can turn a list around.
_JOINERS: Final = "\u200c\u200d"


def title_from(text: str) -> str:
    """One line of at most `MAX_TITLE` characters, cut at a word; "" if there is nothing to say."""
    for line in re.split(r"[\r\n]+", text):
        title = _visible(line)
        if title and not _FENCE.match(title):
            return _cut(title)
    return ""


def title_of_reply(reply: str) -> str:
    """The title that a model was asked for; "" where its answer is none."""
    lines = [line for line in map(_visible, re.split(r"[\r\n]+", reply)) if line]
    if not lines:
        return ""
    title = _EMPHASIS.sub("", _LABEL.sub("", lines[0])).strip(_AROUND)
    return title if title and len(title) <= MAX_TITLE else ""


def _visible(line: str) -> str:
    kept = (
        character
        for character in line
        if character.isspace()
        or character in _JOINERS
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    return _LINE_MARKS.sub("", " ".join("".join(kept).split()))


def _cut(title: str) -> str:
    if len(title) <= MAX_TITLE:
        return title
    room = title[:MAX_TITLE]
    words, space, _ = room.rpartition(" ")
    return (words if space else room[:-1]).rstrip(" ,;:") + "…"

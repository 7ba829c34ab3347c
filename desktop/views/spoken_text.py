"""What is read aloud of a message. Knows no Qt."""

import re
import textwrap
from typing import Final

from markdown_it.token import Token

from desktop.views.markdown_blocks import DISPLAYED, IN_A_LINE, PARSER
from engine.language import tr_in

_LONGEST_LINE: Final = 2000
"""Characters; spd-say reads 16 KiB at once."""
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")


def spoken_text(markdown: str, language: str = "") -> str:
    """What is read of a message: its words, without marks, addresses and code.

    Where there is code, a sentence says so if there are words for that in `language`.

    A model wrote it, and both spd-say (a line that begins with "!-!") and macOS's say ("[[") take
    commands in between: no line begins with a mark, none is so long
    that spd-say cuts it.
    """
    sentences: list[str] = []
    for token in PARSER.parse(markdown):
        if token.type == "inline":
            sentences.append(" ".join("".join(map(_spoken, token.children or ())).split()))
        elif token.type in DISPLAYED:
            sentences.append(" ".join(_formula(token).split()))
        elif token.type in ("fence", "code_block"):
            sentences.append(tr_in("Here is code.", language))
    words = "\n".join(filter(None, sentences)).replace("[", "[ ")
    lines = [line for part in words.splitlines() for line in textwrap.wrap(part, _LONGEST_LINE)]
    return "".join(f" {line}\n" for line in lines)


def _formula(token: Token) -> str:
    from desktop.views.formulas import formula_words  # noqa: PLC0415 - its library is slow to import

    return formula_words(token.content)


def _spoken(token: Token) -> str:
    if token.children:  # the description of an image
        return "".join(map(_spoken, token.children))
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type in IN_A_LINE:
        return _formula(token)
    return _TAG.sub("", token.content) if token.type == "text" else token.content

"""Colours in code, by Pygments' lexers and the theme's tokens."""

from functools import cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType
from pygments.util import ClassNotFound

Span = tuple[int, int, str]
"""Start, length, and the theme's token for the colour."""

_MOST_CHARACTERS: Final = 50_000
_TINTS: Final = (
    (Comment, "syntax_comment"),
    (Keyword, "syntax_keyword"),
    (String, "syntax_string"),
    (Number, "syntax_number"),
    (Name.Function, "syntax_function"),
    (Name.Class, "syntax_function"),
    (Name.Decorator, "syntax_function"),
    (Name.Tag, "syntax_keyword"),
    (Name.Attribute, "syntax_function"),
)


def color_spans(code: str, language: str) -> list[Span]:
    """Where to colour `code`; nothing for an unknown language or very long code.

    Positions count UTF-16 units, as Qt's text does.
    """
    lexer = _lexer(language.casefold())
    if lexer is None or len(code) > _MOST_CHARACTERS:
        return []
    spans: list[Span] = []
    start = 0
    for kind, text in lexer.get_tokens(code):
        length = len(text.encode("utf-16-le")) // 2
        if tint := _tint(kind):
            spans.append((start, length, tint))
        start += length
    return spans


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _tint(kind: _TokenType) -> str:
    return next((tint for family, tint in _TINTS if family in kind.split()), "")

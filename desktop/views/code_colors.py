"""Colours in code, by Pygments' lexers and the theme's tokens.

A reply may hold anything, and some regular expressions of the lexers take seconds over what is no
code at all. So only well-known languages are coloured, not too much of it, and never for long.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType

Span = tuple[int, int, str]
"""Start, length, and the theme's token for the colour."""

MOST_CHARACTERS: Final = 20_000
"""Up to this, one token was measured to take 10 ms at most, whatever the text."""
MOST_SECONDS: Final = 0.015
"""For all tokens of a block; what comes later stays plain."""
LANGUAGES: Final = frozenset(
    (
        *("bash", "c", "clojure", "cpp", "csharp", "css", "dart", "diff", "docker", "elixir"),
        *("go", "haskell", "html", "java", "javascript", "json", "julia", "kotlin", "lua"),
        *("perl", "php", "powershell", "python", "ruby", "rust", "scala", "scss", "splus"),
        *("sql", "swift", "toml", "typescript", "xml", "yaml", "zig"),
    )
)
"""Pygments' main aliases of the lexers that were tried with hostile text."""
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


def color_spans(
    code: str, language: str, *, clock: Callable[[], float] = time.perf_counter
) -> list[Span]:
    """Where to colour `code`; nothing for an unknown language or very long code.

    Positions count UTF-16 units, as Qt's text does.
    """
    lexer = _lexer(language.casefold())
    if lexer is None or len(code) > MOST_CHARACTERS:
        return []
    return list(_spans(lexer, code, clock, clock() + MOST_SECONDS))


def _spans(lexer: Lexer, code: str, clock: Callable[[], float], end: float) -> Iterator[Span]:
    start = 0
    for kind, text in lexer.get_tokens(code):
        if clock() > end:
            return
        length = len(text.encode("utf-16-le")) // 2
        if tint := _tint(kind):
            yield start, length, tint
        start += length


@cache
def _lexer(language: str) -> Lexer | None:
    name = _main_aliases().get(language, "")
    return get_lexer_by_name(name, stripnl=False, ensurenl=False) if name in LANGUAGES else None


@cache
def _main_aliases() -> Mapping[str, str]:
    """Of each alias: to look for one that nobody knows among plugins would take long."""
    known = get_all_lexers(plugins=False)
    return {alias: aliases[0] for _, aliases, _, _ in known for alias in aliases}


@cache
def _tint(kind: _TokenType) -> str:
    return next((tint for family, tint in _TINTS if family in kind.split()), "")

"""Formulas in TeX as the HTML that a text of Qt can show. Knows no Qt.

What TeX means is pylatexenc's business; scripts become raised and lowered text, fractions a slash.
A formula that cannot be read stays as it was written: docs/adr/0016.
"""

import re
from functools import lru_cache
from html import escape
from typing import Any, Final

from pylatexenc import latexwalker
from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)

MOST_CHARACTERS: Final = 2_000
"""Of a formula that is read; a longer one is no formula, or made to take long."""
_KEPT: Final = 1_000
_DEEPEST: Final = 30
_UP, _DOWN, _END = "\ue000", "\ue001", "\ue002"
_OURS: Final = frozenset((_UP, _DOWN, _END))
_TAGS: Final = {_UP: "sup", _DOWN: "sub"}
_RAISED: Final = {"2": "²", "3": "³"}
_SPOKEN: Final = str.maketrans({_UP: "^", _DOWN: " ", _END: " "})
_SCRIPT: Final = re.compile(r"(?<!\\)([\^_])\s*")
_MACRO: Final = re.compile(r"\\(?:[A-Za-z]+|.)")
_SIZED: Final = re.compile(r"\\[dt]frac(?![A-Za-z])")
_NAMED: Final = {
    "lt": "<",
    "gt": ">",
    "implies": "⟹",
    "impliedby": "⟸",
    "iff": "⟺",
    **dict.fromkeys(("displaystyle", "textstyle", "limits", "nolimits", "operatorname"), ""),
    **dict.fromkeys(("left", "right", "middle", "boxed", "nonumber", "notag"), ""),
    **dict.fromkeys(("big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg"), ""),
}
_RELATION: Final = re.compile(r"( [<>=≤≥≠≈≡∈→⟹⟺⟸·±])(?=\S)")
"""TeX takes the space behind a name as its end."""
_SINGLE: Final = re.compile(r"\w*", re.ASCII)


_UNREADABLE: Final = (
    latexwalker.LatexWalkerError,
    RecursionError,
    ValueError,
    IndexError,
    TypeError,
)


@lru_cache(_KEPT)
def formula_html(tex: str) -> str:
    """The formula in a line of text."""
    try:
        return _html(_words(tex.strip()))
    except _UNREADABLE:
        return f"<code>{escape(tex.strip())}</code>"


def formula_words(tex: str) -> str:
    """The formula as a voice can read it: letters and signs, squares and cubes as one sign."""
    try:
        words = _words(tex.strip())
    except _UNREADABLE:
        return tex.strip()
    for digit, sign in _RAISED.items():
        words = words.replace(f"{_UP}{digit}{_END}", sign)
    return words.translate(_SPOKEN)


def _words(tex: str) -> str:
    """Plain letters, with scripts between marks of our own."""
    if len(tex) > MOST_CHARACTERS or tex.count("{") > MOST_CHARACTERS // 4:
        raise ValueError("too long")
    if _OURS.intersection(tex):
        raise ValueError("marks of ours")
    marked = _marked(_SIZED.sub(r"\\frac", tex), 0)
    return _RELATION.sub(r"\1 ", _TEXT.latex_to_text(marked, tolerant_parsing=False))


def _marked(tex: str, depth: int) -> str:
    """The scripts of `tex` between marks, which pylatexenc leaves as they are."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    parts, place = [], 0
    while found := _SCRIPT.search(tex, place):
        start, end, after = _group(tex, found.end())
        mark = _UP if found[1] == "^" else _DOWN
        parts += [tex[place : found.start()], mark, _marked(tex[start:end], depth + 1), _END]
        place = after
    return "".join((*parts, tex[place:]))


def _group(tex: str, start: int) -> tuple[int, int, int]:
    """Where the next group begins and ends without its braces, and where it goes on behind it."""
    if start >= len(tex):
        raise ValueError("a script of nothing")
    if tex[start] == "{":
        end = _closing(tex, start)
        return start + 1, end, end + 1
    macro = _MACRO.match(tex, start)
    end = macro.end() if macro else start + 1
    return start, end, end


def _closing(tex: str, start: int) -> int:
    depth = 0
    for place in range(start, len(tex)):
        escaped = place > 0 and tex[place - 1] == "\\"
        depth += 0 if escaped else (tex[place] == "{") - (tex[place] == "}")
        if not depth:
            return place
    raise ValueError("a brace that is never closed")


def _html(words: str) -> str:
    """Marks as tags; lines of a matrix or of an alignment one below the other."""
    parts, opened = [], []
    for letter in words.strip():
        if letter in _TAGS:
            opened.append(_TAGS[letter])
            parts.append(f"<{opened[-1]}>")
        elif letter == _END:
            parts.append(f"</{opened.pop()}>")
        else:
            parts.append("<br>" if letter == "\n" else escape(letter))
    if opened:
        raise ValueError("a script that does not end")
    return "".join(parts)


def _in_brackets(words: str) -> str:
    """Brackets around what a slash or a root would tear apart."""
    return words if _SINGLE.fullmatch(words) else f"({words})"


def _fraction(node: Any, l2tobj: LatexNodes2Text) -> str:  # noqa: ANN401 - pylatexenc has no types
    above, below = (l2tobj.node_arg_to_text(node, place) for place in (0, 1))
    return f"{_in_brackets(above)}/{_in_brackets(below)}"


def _root(node: Any, l2tobj: LatexNodes2Text) -> str:  # noqa: ANN401
    degree = l2tobj.node_arg_to_text(node, 0) if node.nodeargd.argnlist[0] else ""
    raised = f"{_UP}{degree}{_END}" if degree else ""
    return f"{raised}√{_in_brackets(l2tobj.node_arg_to_text(node, 1))}"


def _name(node: Any) -> str:  # noqa: ANN401
    return f"\\{node.macroname}"


def _reader() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    context.add_context_category(
        "formulas",
        prepend=True,
        macros=[
            MacroTextSpec("frac", _fraction),
            MacroTextSpec("sqrt", _root),
            *(MacroTextSpec(name, words) for name, words in _NAMED.items()),
        ],
    )
    # A name that nobody knows is shown: left out, it would make another formula.
    context.set_unknown_macro_spec(MacroTextSpec("", _name))
    return LatexNodes2Text(latex_context=context, math_mode="text")


_TEXT: Final = _reader()

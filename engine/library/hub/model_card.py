"""The beginning of a model card as plain text: no markup, no tables, no pictures, no links."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from engine.library.printable import printable, shorten

CARD_BYTES: Final = 64 << 10
_LENGTH: Final = 1200
_FRONT_MATTER: Final = re.compile(r"\A\s*---\s*\n.*?\n---\s*(?:\n|\Z)", re.DOTALL)
_TEXT: Final = frozenset(("text", "code_inline"))
_BREAKS: Final = frozenset(("softbreak", "hardbreak"))
_SHORTEST: Final = 40
"""Badges, "Quantizations:" and the like are no description."""


def summary_of(card: bytes) -> str:
    """The first paragraphs of a card in Markdown, one to a line."""
    text = card[:CARD_BYTES].decode(errors="replace")
    lines: list[str] = []
    for paragraph in _paragraphs(_FRONT_MATTER.sub("", text)):
        lines.append(paragraph)
        if sum(map(len, lines)) > _LENGTH:
            break
    return shorten("\n".join(lines), _LENGTH)


def _paragraphs(markdown: str) -> Iterator[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and token.type == "inline":
            text = printable(_plain(token), _LENGTH)
            if len(text) >= _SHORTEST:
                yield text


def _plain(inline: Token) -> str:
    return "".join(
        token.content if token.type in _TEXT else " " if token.type in _BREAKS else ""
        for token in inline.children or []
    )

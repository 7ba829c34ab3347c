"""Markdown as a list of blocks, each shown by one widget. Knows no Qt.

Raw HTML is text here and images are never loaded: a reply can show nothing but words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from engine.language import tr


@dataclass(frozen=True)
class ProseBlock:
    """A paragraph, heading, list, quote or table as HTML of our own renderer."""

    html: str
    is_table: bool = False


@dataclass(frozen=True)
class CodeBlock:
    """Fenced or indented code."""

    language: str
    code: str


Block: TypeAlias = ProseBlock | CodeBlock


def _image_as_words(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    return tr("[image: {description}]").format(description=escape(tokens[index].content))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_words)
    return parser


_PARSER: Final = _parser()


class MarkdownStream:
    """Splits a growing text into blocks; what lies before the last block is parsed once only."""

    def __init__(self) -> None:
        self._text = ""
        self._done: tuple[Block, ...] = ()
        self._done_until = 0

    def update(self, text: str) -> tuple[Block, ...]:
        """The blocks of `text`, the whole reply so far."""
        if not text.startswith(self._text):
            self._done, self._done_until = (), 0
        self._text = text
        tail = text[self._done_until :]
        blocks, last_line = _blocks(tail)
        if len(blocks) > 1:
            self._done += blocks[:-1]
            self._done_until += _offset_of_line(tail, last_line)
            blocks = blocks[-1:]
        return self._done + blocks


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a finished text."""
    return _blocks(text)[0]


def _blocks(text: str) -> tuple[tuple[Block, ...], int]:
    """All blocks, and the line on which the last one begins."""
    env: dict[str, Any] = {}
    groups = _top_level(_PARSER.parse(text, env))
    blocks = tuple(_block(group, env) for group in groups)
    last_map = groups[-1][0].map if groups else None
    return blocks, last_map[0] if last_map else 0


def _top_level(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each top-level element."""
    groups: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            groups.append([])
        groups[-1].append(token)
        depth += token.nesting
    return groups


def _block(tokens: list[Token], env: dict[str, Any]) -> Block:
    first = tokens[0]
    if first.type in ("fence", "code_block"):
        language = first.info.split(maxsplit=1)[0] if first.info.strip() else ""
        return CodeBlock(language, first.content.rstrip("\n"))
    # A newline behind the last tag would show as a space that can be selected.
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, env)).rstrip("\n")
    return ProseBlock(html, is_table=first.type == "table_open")


def _offset_of_line(text: str, line: int) -> int:
    """Where line number `line` (from 0) begins; markdown-it counts newlines only."""
    offset = 0
    for _ in range(line):
        offset = text.index("\n", offset) + 1
    return offset

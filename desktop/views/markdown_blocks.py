"""Markdown as a list of blocks, each shown by one widget. Knows no Qt.

Raw HTML is text here and images are never loaded: a reply can show nothing but words.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any, Final, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

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

DISPLAYED: Final = ("math_block", "math_block_eqno", "amsmath")
IN_A_LINE: Final = ("math_inline", "math_inline_double")
_TASK: Final = re.compile(r"\[([ xX])\] ")
_BOXES: Final = {" ": "☐ ", "x": "☑ "}


def _image_as_words(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    return tr("[image: {description}]").format(description=escape(tokens[index].content))


def _formula(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    from desktop.views.formulas import formula_html  # noqa: PLC0415 - its library is slow to import

    token = tokens[index]
    html = formula_html(token.content)
    return f'<p align="center">{html}</p>\n' if token.type in DISPLAYED else html


def _mark_tasks(state: StateCore) -> None:
    """Boxes of a task list as characters; a text of Qt has no fields."""
    for paragraph, token in pairwise(state.tokens):
        words = token.children[0] if token.children else None
        box = _TASK.match(token.content)
        in_item = token.type == "inline" and paragraph.type == "paragraph_open" and token.level > 1
        if box and words and words.type == "text" and in_item:
            words.content = _BOXES[box[1].lower()] + words.content[box.end() :]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # No digits beside a dollar and no spaces within: money is no formula.
    dollarmath_plugin(
        parser, allow_labels=False, allow_digits=False, allow_space=False, double_inline=True
    )
    amsmath_plugin(parser)
    texmath_plugin(parser, delimiters="brackets")
    parser.core.ruler.push("tasks", _mark_tasks)
    parser.add_render_rule("image", _image_as_words)
    for kind in (*DISPLAYED, *IN_A_LINE):
        parser.add_render_rule(kind, _formula)
    return parser


PARSER: Final = _parser()
"""What Markdown means here, for whoever shows or speaks it."""
_LINE_END: Final = re.compile(r"\r\n?|\n")


_OPEN: Final = 2
"""So many blocks at the end may change: what follows a list may turn out to be its next item."""
_PIECE: Final = 8_000
"""Letters, of which reading a hundred formulas takes about 30 ms, and words 3 ms."""


class MarkdownStream:
    """Splits a growing text into blocks; what lies before the last ones is parsed once only."""

    def __init__(self, piece: int = _PIECE) -> None:
        self._piece = piece
        self._text = ""
        self._done: tuple[Block, ...] = ()
        self._done_until = 0
        self._done_starts: list[int] = []
        self._defines = False
        """Whether a name of a link is explained, maybe far behind the block that has the link."""
        self.starts: Sequence[int] = ()
        """Where each of the blocks last given begins in the text."""
        self.share = 1.0
        """How much of the text they are: less than all while a long one is read."""

    def update(self, text: str) -> tuple[Block, ...]:
        """The blocks of `text`, the whole reply so far."""
        if not text.startswith(self._text) or self._done_until == len(self._text):
            self._done, self._done_until, self._done_starts = (), 0, []
            self._defines = False
        self._text, self.share = text, 1.0
        env: dict[str, Any] = {}
        blocks, within = _blocks(text[self._done_until :], env)
        self._defines = self._defines or "references" in env
        starts = [self._done_until + start for start in within]
        if len(blocks) > _OPEN:
            self._done += blocks[:-_OPEN]
            self._done_starts += starts[:-_OPEN]
            blocks, starts = blocks[-_OPEN:], starts[-_OPEN:]
            self._done_until = starts[0]
        self.starts = self._done_starts + starts
        return self._done + blocks

    def finish(self, text: str) -> tuple[Block, ...]:
        """The blocks of a text that grows no more, each of them certain."""
        if (text, len(text)) != (self._text, self._done_until):
            self._done = self.update(text)
            if self._defines:
                self._done, self.starts = _blocks(text, {})
            self._text, self._done_until = text, len(text)
        return self._done

    def read(self, text: str, seconds: float) -> tuple[Block, ...]:
        """The blocks of a text that grows no more, as far as they can be read in so long.

        `share` says how far that is; another call reads on.
        """
        over = time.perf_counter() + seconds
        blocks = self._read_piece(text)
        while len(self._text) < len(text) and time.perf_counter() < over:
            blocks = self._read_piece(text)
        self.share = len(self._text) / len(text) if text else 1.0
        return blocks

    def _read_piece(self, text: str) -> tuple[Block, ...]:
        goes_on = text.startswith(self._text) and self._done_until < len(self._text)
        begin, done = (len(self._text), self._done_until) if goes_on else (0, 0)
        # What belongs to a block that does not end is parsed again: twice as much each time.
        end = begin + max(self._piece, begin - done)
        return self.update(text[:end]) if end < len(text) else self.finish(text)


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a finished text."""
    return _blocks(text, {})[0]


def blocks_with_source(text: str) -> list[tuple[str, Block]]:
    """The blocks of a finished text, each with the lines it was made of."""
    blocks, starts = _blocks(text, {})
    return list(zip(sources(text, starts), blocks, strict=True))


def sources(text: str, starts: Sequence[int]) -> list[str]:
    """The lines of which the blocks were made that begin at `starts`."""
    return [text[start:end].strip("\n") for start, end in pairwise([*starts, len(text)])]


def _blocks(text: str, env: dict[str, Any]) -> tuple[tuple[Block, ...], list[int]]:
    """All blocks, and where they begin; `env` gets the names of links that are explained."""
    groups = _top_level(PARSER.parse(text, env))
    blocks = tuple(_block(group, env) for group in groups)
    lines = [group[0].map[0] if group[0].map else 0 for group in groups]
    return blocks, list(_offsets(text, lines))


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
    html = str(PARSER.renderer.render(tokens, PARSER.options, env)).rstrip("\n")
    return ProseBlock(html, is_table=first.type == "table_open")


def _offsets(text: str, lines: Sequence[int]) -> Iterator[int]:
    """Where these lines begin, counted from 0, in order; as markdown-it, a \\r ends a line too."""
    offset = reached = 0
    for line in lines:
        while reached < line:
            end = _LINE_END.search(text, offset)
            offset = end.end() if end else len(text)
            reached += 1
        yield offset

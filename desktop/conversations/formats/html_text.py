"""Text of messages as HTML that holds nothing but words: no markup, script or address of theirs."""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from desktop.conversations.database import storable_text
from desktop.conversations.formats.wording import readable
from desktop.views.code_colors import color_spans

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
"""What no HTML page may hold, not even escaped."""
_ADDRESS: Final = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_CLASSES: Final = {
    "syntax_keyword": "k",
    "syntax_string": "s",
    "syntax_number": "n",
    "syntax_function": "f",
    "syntax_comment": "c",
}
_TOP_HEADING: Final = 2
"""The page's own headings end here; those of messages begin below."""
_DEEPEST_HEADING: Final = 6


def plain_html(text: str) -> str:
    """The text as it is."""
    return escape(_clean(text))


def markdown_html(text: str) -> str:
    """Markdown as elements of our own; HTML in it is text, images are named only."""
    tokens = _PARSER.parse(_clean(text))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = min(int(token.tag[1:]) + _TOP_HEADING, _DEEPEST_HEADING)
            token.tag = f"h{level}"
    # An entity such as &#1; becomes its character only while it is parsed.
    return _clean(str(_PARSER.renderer.render(tokens, _PARSER.options, {})))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", readable(storable_text(text)))


def code_html(code: str, language: str) -> str:
    """A code block, coloured where the language is known."""
    return f"<pre><code>{''.join(_colored(_clean(code), language))}</code></pre>\n"


def _colored(code: str, language: str) -> Iterator[str]:
    # Spans count UTF-16 units. No clock: the same conversation always gives the same page.
    units = code.encode("utf-16-le")
    place = 0
    for start, length, token in color_spans(code, language, clock=lambda: 0.0):
        yield _escaped(units[place * 2 : start * 2])
        place = start + length
        inside = _escaped(units[start * 2 : place * 2])
        yield f'<span class="{_CLASSES[token]}">{inside}</span>'
    yield _escaped(units[place * 2 :])


def _escaped(units: bytes) -> str:
    return escape(units.decode("utf-16-le"))


def _fence(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
    return code_html(token.content.removesuffix("\n"), language)


def _image(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    return f"[image: {escape(tokens[index].content)}]"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: bool(_ADDRESS.match(url))  # type: ignore[method-assign]
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("image", _image)
    return parser


_PARSER: Final = _parser()

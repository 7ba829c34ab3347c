"""The current path as Markdown that keeps its outline whatever the messages hold.

Messages are Markdown themselves. Their headings move below ours, and what they leave open
(a code fence, an HTML comment) is closed, so that it does not swallow the next message.
"""

import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop.conversations.formats.wording import UNTITLED, one_line, readable, remark, speaker
from desktop.conversations.values import ConversationTree, StoredMessage

_OUTLINE_LEVELS: Final = 2
_DEEPEST_HEADING: Final = 6
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&#~|])")
# What a line must begin with to be a heading or to open a block that outlives a blank line.
_MAY_DISTURB: Final = re.compile(r"^ {0,3}(#|```|~~~|<|(=+|-+)[ \t]*$)", re.MULTILINE)
_HEADING_MARKS: Final = re.compile(r"^( {0,3})#+")
# What ends an HTML block that a blank line does not end; ">" first, because the others hold it.
_HTML_CLOSERS: Final = (">", "-->", "?>", "]]>", "</pre>")
_PROBE: Final = "\n\n# probe"

# Blocks only: nobody asks for the inline content, which is the slow part.
_parser = MarkdownIt("commonmark")
_parser.core.ruler.enableOnly(["normalize", "block"])


def markdown(tree: ConversationTree) -> str:
    """A first-level heading with the title, a second-level one for each message."""
    title = _escaped(one_line(tree.title)) or UNTITLED
    parts = [f"# {title}"]
    for message in tree.path():
        parts.extend(_message(message))
    return "\n\n".join(parts) + "\n"


def _message(message: StoredMessage) -> Iterator[str]:
    yield f"## {speaker(message)}"
    note = remark(message)
    if note:
        yield f"*{_escaped(note)}*"
    yield _self_contained(readable(message.text))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _self_contained(text: str) -> str:
    if not _MAY_DISTURB.search(text):
        return text
    closed, tokens = _closed(text)
    return _with_lower_headings(closed, tokens)


def _closed(text: str) -> tuple[str, list[Token]]:
    """The text, with an end for a block that would run on into the next message; its tokens."""
    closed, tokens = text, _parser.parse(text + _PROBE)
    fences = [token.markup for token in tokens if token.type == "fence"]
    closers = iter((*fences[-1:], *_HTML_CLOSERS))
    while not _ends_with_probe(tokens) and (closer := next(closers, None)):
        closed = f"{text}\n{closer}"
        tokens = _parser.parse(closed + _PROBE)
    return closed, tokens


def _ends_with_probe(tokens: list[Token]) -> bool:
    return tokens[-1].type == "heading_close" and tokens[-1].level == 0


def _with_lower_headings(text: str, tokens: list[Token]) -> str:
    lines = (text + _PROBE).split("\n")
    # From the end, because a heading of two lines becomes one.
    for index in reversed(range(len(tokens))):
        token = tokens[index]
        if token.type == "heading_open" and token.level == 0 and token.map:
            start, end = token.map
            lines[start:end] = [_lower_heading(token, lines[start], tokens[index + 1].content)]
    return "\n".join(lines[: -_PROBE.count("\n")])


def _lower_heading(heading: Token, first_line: str, content: str) -> str:
    level = min(int(heading.tag[1:]) + _OUTLINE_LEVELS, _DEEPEST_HEADING)
    marks = "#" * level
    if heading.markup.startswith("#"):
        return _HEADING_MARKS.sub(rf"\1{marks}", first_line)
    # Underlined: the closing marks keep a # at the end of the content.
    return f"{marks} {content.replace(chr(10), ' ')} {marks}"

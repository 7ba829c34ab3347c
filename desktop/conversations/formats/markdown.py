"""A conversation as Markdown that keeps its outline whatever the messages hold.

Messages are Markdown themselves. Their headings move below ours, and what they leave open
(a code fence, an HTML comment) is closed, so that it does not swallow the next message.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop.conversations.formats.entries import Entry, Extent, entries
from desktop.conversations.formats.wording import (
    SYSTEM,
    THINKING,
    UNTITLED,
    attached,
    models,
    moment,
    one_line,
    readable,
    remark,
    speaker,
)
from desktop.conversations.values import ConversationTree
from desktop.fences import fenced
from engine.language import tr

# What YAML does not allow in a string as it is.
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
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


def markdown(tree: ConversationTree, extent: Extent = Extent.PATH) -> str:
    """Front matter, a first-level heading with the title, a second-level one for each message."""
    title = _escaped(one_line(tree.title)) or UNTITLED
    parts = [_front_matter(tree), f"# {title}"]
    if tree.system_prompt:
        parts += [f"## {SYSTEM}", _self_contained(readable(tree.system_prompt))]
    for entry in entries(tree, extent):
        parts.extend(_message(entry))
    return "\n\n".join(parts) + "\n"


def _front_matter(tree: ConversationTree) -> str:
    """YAML. Every value is JSON too, so that no text can end it or mean something else."""
    facts: dict[str, str | list[str]] = {
        "title": one_line(tree.title),
        "id": tree.id,
        "created": moment(tree.created_at),
        "updated": moment(tree.updated_at),
        "models": models(tree),
        "folder": one_line(tree.folder),
        "tags": [one_line(tag) for tag in tree.tags],
        "source": one_line(tree.source),
    }
    lines = (f"{name}: {_yaml(value)}" for name, value in facts.items() if value)
    return "\n".join(("---", *lines, "---"))


def _yaml(value: str | list[str]) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _message(entry: Entry) -> Iterator[str]:
    message = entry.message
    yield f"## {speaker(entry)}"
    if note := remark(entry):
        yield f"*{_escaped(note)}*"
    if message.thinking:
        yield _quoted(f"*{THINKING}*\n\n{readable(message.thinking)}")
    yield _self_contained(readable(message.text))
    for attachment in message.attachments:
        yield tr("*Attached: {escaped}*").format(escaped=_escaped(attached(attachment)))
        if attachment.text:
            yield fenced(readable(attachment.text))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


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

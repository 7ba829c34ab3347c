"""What is selected across messages, as Markdown or as plain text."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtGui import QTextDocument

from desktop.conversations.values import StoredMessage
from desktop.thought import reply_of
from desktop.views.markdown_blocks import Block, CodeBlock, blocks_with_source
from desktop.views.selection import Selection
from engine.events import Role

BETWEEN = "\n\n"


def selected_text(selection: Selection, path: Sequence[StoredMessage], *, markdown: bool) -> str:
    """Whole blocks as they were written if `markdown`; a part of a block as it is shown."""
    if not selection.ends:
        return ""
    first, last = selection.ends
    parts: list[str] = []
    for number in range(first.message, last.message + 1):
        parts.extend(_parts(selection, number, path[number], markdown=markdown))
    return BETWEEN.join(parts)


def _parts(
    selection: Selection, number: int, message: StoredMessage, *, markdown: bool
) -> Iterator[str]:
    ends = selection.ends
    alone = ends is not None and ends[0].message == ends[1].message and ends[0].text == ends[1].text
    for text, (source, shown) in enumerate(_texts(message)):
        words = shown()
        units = words.encode("utf-16-le", "surrogatepass")
        span = selection.span(number, text, len(units) // 2)
        if span is None:
            continue
        whole = span == (0, len(units) // 2)
        if markdown and whole and not alone:
            yield source
        else:
            yield units[2 * span[0] : 2 * span[1]].decode("utf-16-le", "replace")


def _texts(message: StoredMessage) -> Iterator[tuple[str, Callable[[], str]]]:
    """Source and shown words of each text of a message, as its widget has them."""
    if message.role is Role.USER:
        yield message.text, lambda: message.text
        return
    for source, block in blocks_with_source(reply_of(message)):
        yield source, lambda block=block: _shown(block)  # type: ignore[misc]


def _shown(block: Block) -> str:
    if isinstance(block, CodeBlock):
        return block.code
    document = QTextDocument()
    document.setHtml(block.html)
    return document.toPlainText()

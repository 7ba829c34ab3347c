"""A conversation as plain text."""

from collections.abc import Iterator

from desktop.conversations.formats.entries import Entry, Extent, entries
from desktop.conversations.formats.wording import (
    SYSTEM,
    THINKING,
    UNTITLED,
    attached,
    one_line,
    readable,
    remark,
    speaker,
)
from desktop.conversations.values import ConversationTree
from engine.language import tr


def plain_text(tree: ConversationTree, extent: Extent = Extent.PATH) -> str:
    """The title, then each message under the name of its speaker; the messages are unchanged."""
    parts = [one_line(tree.title) or UNTITLED]
    if tree.system_prompt:
        parts.append(f"{SYSTEM}:\n{readable(tree.system_prompt)}")
    for entry in entries(tree, extent):
        parts.extend(_message(entry))
    return "\n\n".join(parts) + "\n"


def _message(entry: Entry) -> Iterator[str]:
    message, note = entry.message, remark(entry)
    heading = f"{speaker(entry)} ({note}):" if note else f"{speaker(entry)}:"
    if message.thinking:
        yield f"{THINKING}:\n{readable(message.thinking)}"
    yield f"{heading}\n{readable(message.text)}"
    for attachment in message.attachments:
        yield tr("[Attached: {attached}]").format(attached=attached(attachment))
        if attachment.text:
            yield readable(attachment.text)

"""The current path as plain text."""

from desktop.conversations.formats.wording import UNTITLED, one_line, readable, remark, speaker
from desktop.conversations.values import ConversationTree, StoredMessage


def plain_text(tree: ConversationTree) -> str:
    """The title, then each message under the name of its speaker; the messages are unchanged."""
    parts = [one_line(tree.title) or UNTITLED, *(_message(message) for message in tree.path())]
    return "\n\n".join(parts) + "\n"


def _message(message: StoredMessage) -> str:
    note = remark(message)
    heading = f"{speaker(message)} ({note}):" if note else f"{speaker(message)}:"
    return f"{heading}\n{readable(message.text)}"

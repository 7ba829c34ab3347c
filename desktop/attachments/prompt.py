"""How attached files stand in the text that the model reads."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from desktop.conversations.values import Attachment
from desktop.fences import fenced


def with_attachments(text: str, attachments: Sequence[Attachment]) -> str:
    """The message with the text of its files before it, each fenced under its name."""
    return "\n\n".join([*(_block(one) for one in attachments if one.text), text])


def _block(attachment: Attachment) -> str:
    name = " ".join(attachment.name.split())
    shortened = attachment.extra.get("shortened")
    note = f" ({shortened})" if isinstance(shortened, str) else ""
    return f"File: {name}{note}\n\n{fenced(attachment.text, _language(name))}"


def _language(name: str) -> str:
    suffix = PurePosixPath(name).suffix[1:]
    return suffix if suffix.isascii() and suffix.isalnum() else ""

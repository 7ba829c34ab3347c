"""What every format is given: a conversation, and a way to the bytes of its attachments."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.conversations.values import Attachment, ConversationTree


def _nothing(sha256: str) -> bytes:
    raise LookupError(f"no content {sha256}")


@dataclass(frozen=True)
class Exported:
    """One conversation on its way out."""

    tree: ConversationTree
    content_of: Callable[[str], bytes] = _nothing
    """The bytes under a SHA-256; raises `LookupError` where they are not kept."""

    def content(self, attachment: Attachment) -> bytes | None:
        """The bytes of an attachment; None where they are not kept."""
        try:
            return self.content_of(attachment.sha256) if attachment.sha256 else None
        except LookupError:
            return None

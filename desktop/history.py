"""What the target reads of a conversation."""

from collections.abc import Iterable

from desktop.attachments.prompt import with_attachments
from desktop.conversations.values import StoredMessage
from engine.events import ChatMessage, Role


def history(path: Iterable[StoredMessage], last_id: str, system_prompt: str) -> list[ChatMessage]:
    """The path down to `last_id`; the current path may go another way below it."""
    messages = [ChatMessage(Role.SYSTEM, system_prompt)] if system_prompt else []
    for message in path:
        text = with_attachments(message.text, message.attachments)
        messages.append(ChatMessage(message.role, text))
        if message.id == last_id:
            break
    return messages

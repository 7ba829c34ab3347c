"""The current path in OpenAI's chat form, one conversation a line, as data sets hold it."""

import base64
import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from desktop.attachments.prompt import with_attachments
from desktop.conversations.database import storable_text
from desktop.conversations.formats.exported import Exported
from desktop.conversations.values import StoredMessage


def write(file: BinaryIO, conversations: Iterable[Exported]) -> None:
    """A line for each conversation."""
    for exported in conversations:
        line = json.dumps({"messages": _messages(exported)}, ensure_ascii=False)
        file.write(f"{storable_text(line)}\n".encode())


def _messages(exported: Exported) -> list[dict[str, Any]]:
    prompt = exported.tree.system_prompt
    system = [{"role": "system", "content": prompt}] if prompt else []
    return [*system, *(_message(exported, message) for message in exported.tree.path())]


def _message(exported: Exported, message: StoredMessage) -> dict[str, Any]:
    thinking = {"reasoning_content": message.thinking} if message.thinking else {}
    return {"role": message.role, "content": _content(exported, message)} | thinking


def _content(exported: Exported, message: StoredMessage) -> str | list[dict[str, Any]]:
    text = with_attachments(message.text, message.attachments)
    images = [
        {
            "type": "image_url",
            "image_url": {"url": data_uri(attachment.media_type, data)},
        }
        for attachment in message.attachments
        if attachment.media_type.startswith("image/")
        and (data := exported.content(attachment)) is not None
    ]
    return [{"type": "text", "text": text}, *images] if images else text


def data_uri(media_type: str, data: bytes) -> str:
    """The bytes as a link that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"

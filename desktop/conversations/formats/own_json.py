"""The whole tree as JSON, without loss. `docs/export-format.md` describes it."""

import base64
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, BinaryIO, Final

from desktop.conversations.database import storable_text
from desktop.conversations.formats.exported import Exported
from desktop.conversations.values import StoredMessage

FORMAT: Final = "outrider-conversations"
VERSION: Final = 2


def write(file: BinaryIO, conversations: Iterable[Exported]) -> None:
    """One file of any number of conversations, never more than one of them in memory."""
    head = f'{{\n"format": "{FORMAT}",\n"version": {VERSION},\n"conversations": ['
    file.write(head.encode())
    separator = "\n"
    for exported in conversations:
        file.write(f"{separator}{_conversation(exported)}".encode())
        separator = ",\n"
    file.write(b"\n]\n}\n")


def _conversation(exported: Exported) -> str:
    content = asdict(exported.tree) | {
        "messages": [_message(message) for message in exported.tree.messages],
        "contents": _contents(exported),
    }
    # What an import kept may hold lone surrogates; UTF-8 does not.
    return storable_text(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))


def _message(message: StoredMessage) -> dict[str, Any]:
    content = asdict(message)
    # The conversation around it says the same.
    del content["conversation_id"]
    return content


def _contents(exported: Exported) -> dict[str, str]:
    return {
        attachment.sha256: base64.b64encode(data).decode()
        for message in exported.tree.messages
        for attachment in message.attachments
        if (data := exported.content(attachment)) is not None
    }

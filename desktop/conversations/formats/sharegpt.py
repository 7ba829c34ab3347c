"""The current path in ShareGPT's form: an array of conversations."""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from desktop.attachments.prompt import with_attachments
from desktop.conversations.database import storable_text
from desktop.conversations.formats.exported import Exported
from desktop.conversations.values import ConversationTree, StoredMessage
from engine.events import Role

_SPEAKERS: Final = {Role.USER: "human", Role.ASSISTANT: "gpt", Role.SYSTEM: "system"}


def write(file: BinaryIO, conversations: Iterable[Exported]) -> None:
    """One file of any number of conversations, never more than one of them in memory."""
    separator = "[\n"
    for exported in conversations:
        content = json.dumps(_conversation(exported.tree), ensure_ascii=False)
        file.write(f"{separator}{storable_text(content)}".encode())
        separator = ",\n"
    file.write(b"[]\n" if separator == "[\n" else b"\n]\n")


def _conversation(tree: ConversationTree) -> dict[str, Any]:
    turns = [{"from": _SPEAKERS[one.role], "value": _value(one)} for one in tree.path()]
    if tree.system_prompt:
        turns.insert(0, {"from": "system", "value": tree.system_prompt})
    return {"id": tree.id, "title": tree.title, "conversations": turns}


def _value(message: StoredMessage) -> str:
    text = with_attachments(message.text, message.attachments)
    return f"<think>\n{message.thinking}\n</think>\n\n{text}" if message.thinking else text

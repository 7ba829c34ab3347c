"""The whole tree in the form of llama.cpp's web interface: JSONL, or an archive of such files."""

import base64
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from desktop.conversations.database import storable_text
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.openai_jsonl import data_uri
from desktop.conversations.formats.wording import LATEST
from desktop.conversations.values import Attachment, ConversationTree, StoredMessage

_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9]+")
_NAME: Final = 20


def write(file: BinaryIO, conversations: Iterable[Exported]) -> None:
    """All sessions in one file of lines."""
    for exported in conversations:
        file.writelines(_lines(exported))


def write_archive(file: BinaryIO, conversations: Iterable[Exported]) -> None:
    """A file for each session, as llama.cpp's own export of all conversations."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for exported in conversations:
            with archive.open(_member(exported.tree), "w") as member:
                for line in _lines(exported):
                    member.write(line)


def _member(tree: ConversationTree) -> str:
    created = datetime.fromtimestamp(min(max(tree.created_at, 0.0), LATEST), UTC)
    name = _NOT_IN_A_NAME.sub("_", tree.title.lower()).strip("_")[:_NAME] or "conversation"
    head = _NOT_IN_A_NAME.sub("", tree.id.lower())[:8]
    return f"{created:%Y-%m-%d_%H-%M-%S}_conv_{head}_{name}.jsonl"


def _lines(exported: Exported) -> Iterator[bytes]:
    tree = exported.tree
    root = f"{tree.id}-root"
    yield _line(
        {
            "harness": "llama.app",
            "type": "session",
            "id": tree.id,
            "name": tree.title,
            "lastModified": _milliseconds(tree.updated_at),
            "currNode": tree.current_id or root,
            "pinned": tree.pinned,
        }
    )
    for message in _with_root(exported, root):
        yield _line({"type": "message", "message": message})


def _line(content: dict[str, Any]) -> bytes:
    written = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return f"{storable_text(written)}\n".encode()


def _with_root(exported: Exported, root: str) -> Iterator[dict[str, Any]]:
    """The messages under the empty root that every session has, and the system prompt."""
    tree = exported.tree
    children: defaultdict[str | None, list[str]] = defaultdict(list)
    for message in tree.messages:
        children[message.parent_id].append(message.id)
    top, moment = root, _milliseconds(tree.created_at)
    common = {"convId": tree.id, "timestamp": moment}
    if tree.system_prompt:
        top = f"{tree.id}-system"
    first = [top] if top != root else children[None]
    yield common | {
        "id": root,
        "type": "root",
        "role": "system",
        "content": "",
        "parent": None,
        "children": first,
    }
    if top != root:
        yield common | {
            "id": top,
            "type": "system",
            "role": "system",
            "content": tree.system_prompt,
            "parent": root,
            "children": children[None],
        }
    for message in tree.messages:
        yield _message(exported, message) | {
            "parent": message.parent_id or top,
            "children": children[message.id],
        }


def _message(exported: Exported, message: StoredMessage) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": message.id,
        "convId": message.conversation_id,
        "type": "text",
        "timestamp": _milliseconds(message.created_at),
        "role": message.role,
        "content": message.text,
    }
    if message.thinking:
        content["reasoningContent"] = message.thinking
    if message.model:
        content["model"] = message.model
    if extras := [_extra(exported, one) for one in message.attachments]:
        content["extra"] = extras
    if timings := _timings(message):
        content["timings"] = timings
    return content


def _timings(message: StoredMessage) -> dict[str, Any]:
    notes = message.notes
    if notes is None:
        known = message.extra.get("timings")
        return known if isinstance(known, dict) else {}
    seconds = notes.tokens / notes.tokens_per_second if notes.tokens_per_second else 0.0
    return {"predicted_n": notes.tokens, "predicted_ms": round(seconds * 1000, 3)} | (
        {} if notes.prompt_tokens is None else {"prompt_n": notes.prompt_tokens}
    )


def _extra(exported: Exported, attachment: Attachment) -> dict[str, Any]:
    data = exported.content(attachment)
    if attachment.media_type.startswith("image/") and data is not None:
        uri = data_uri(attachment.media_type, data)
        return {"type": "IMAGE", "name": attachment.name, "base64Url": uri}
    if attachment.media_type == "application/pdf" and data is not None:
        encoded = base64.b64encode(data).decode()
        return {
            "type": "PDF",
            "name": attachment.name,
            "base64Data": encoded,
            "content": attachment.text,
            "processedAsImages": False,
        }
    return {"type": "TEXT", "name": attachment.name, "content": attachment.text}


def _milliseconds(moment: float) -> int:
    return round(moment * 1000)

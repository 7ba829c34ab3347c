"""The whole tree as JSON, without loss. `docs/export-format.md` describes it."""

import json
from dataclasses import asdict
from typing import Any, Final

from desktop.conversations.values import ConversationTree, StoredMessage

FORMAT: Final = "outrider-conversations"
VERSION: Final = 1


def own_json(tree: ConversationTree) -> str:
    """A file of one conversation; a reader must expect several."""
    content = {"format": FORMAT, "version": VERSION, "conversations": [_conversation(tree)]}
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _conversation(tree: ConversationTree) -> dict[str, Any]:
    return asdict(tree) | {"messages": [_message(message) for message in tree.messages]}


def _message(message: StoredMessage) -> dict[str, Any]:
    content = asdict(message)
    # The conversation around it says the same.
    del content["conversation_id"]
    return content

"""How a pair is written in the settings: the draft is a path, or one of two words."""

from pathlib import Path
from typing import Final

from desktop.engine_port import Pair
from engine.config import SelfDraft

_SELF_DRAFT: Final = "its low-bit copy"
"""As it is stored. No path: those are stored whole. Its quantization may follow after " in "."""
_PLAIN: Final = "plain"


def stored_pair(target: Path, draft: str) -> Pair:
    """The pair that `target` and the stored word `draft` stand for."""
    kind, _, quantization = draft.partition(" in ")
    if kind == _SELF_DRAFT:
        return Pair(target, SelfDraft(quantization=quantization or None))
    if draft == _PLAIN:
        return Pair(target, None, suggestions=False)
    return Pair(target, Path(draft) if draft else None)


def stored_draft(pair: Pair) -> str:
    """The word that is stored for the draft of `pair`."""
    match pair.draft:
        case SelfDraft(quantization=None):
            return _SELF_DRAFT
        case SelfDraft(quantization=str(quantization)):
            return f"{_SELF_DRAFT} in {quantization}"
        case Path():
            return str(pair.draft)
    return "" if pair.suggestions else _PLAIN

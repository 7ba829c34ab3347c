"""What a pair of models is called. Knows no Qt."""

from pathlib import Path

from desktop.engine_port import Pair
from engine.config import SelfDraft
from engine.language import tr
from engine.library.starter import STARTER


def target_name(pair: Pair | None) -> str:
    """The target as the engine names it too; None is the starter pair."""
    return pair.target.stem if pair else Path(STARTER.file_name).stem


def draft_name(pair: Pair | None) -> str:
    """The draft; "" for none."""
    draft = pair.draft if pair else SelfDraft()
    if isinstance(draft, SelfDraft):
        return tr("its low-bit copy")
    return draft.stem if draft else ""


def pair_name(pair: Pair | None) -> str:
    """Both."""
    return " + ".join(name for name in (target_name(pair), draft_name(pair)) if name)

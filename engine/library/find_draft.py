"""Where a draft can come from: the disk, the catalogue, the hub, or the target itself.

A family is what shares a vocabulary. Here it is told by names, which is enough to search by;
whether two files fit is for `pair` to say.
"""

import re
from dataclasses import dataclass
from typing import Final

from engine.library.catalogue import Catalogue, CatalogueModel
from engine.library.drafts import Grade, RankedDraft
from engine.library.metadata import ModelInfo

_LARGEST_SHARE: Final = 1 / 3
"""Of the target's parameters: larger drafts take as long as they save."""
_FAMILY_ENDS: Final = re.compile(
    r"(?i)[\s_-]+((\d+x)?\d+(\.\d+)?[bm]|instruct|chat|it|base|gguf|i?q\d\w*|b?f16)(?![a-z\d])"
)
"""What comes after the family in a model's name: its size, what it was trained for, its format."""
_OWNER: Final = re.compile(r"(?i)(meta|google|qwen|mistralai|microsoft)[\s_-]+(?=[a-z])")
_MINOR_VERSION: Final = re.compile(r"(?<= \d)\.\d+$")
_SEPARATORS: Final = re.compile(r"[\s_-]+")
_PUNCTUATION: Final = re.compile(r"[^a-z\d.]")


@dataclass(frozen=True)
class HubQuery:
    """What to ask the hub for: `words` in the name, and fewer parameters."""

    words: str
    most_parameters: int


@dataclass(frozen=True)
class DraftSources:
    """Every way to a draft for one target, the ways without a download first."""

    on_disk: tuple[RankedDraft, ...]
    """Those that can guess for it, the target's own copy among them."""
    in_catalogue: tuple[CatalogueModel, ...]
    on_hub: HubQuery


def find_drafts(target: ModelInfo, ranked: list[RankedDraft], catalogue: Catalogue) -> DraftSources:
    """All sources for a target, whose drafts on the disk are `ranked` already."""
    family = catalogue_family(target, catalogue)
    smaller = catalogue.drafts_for(family, target.parameters) if family else []
    return DraftSources(
        on_disk=tuple(draft for draft in ranked if draft.grade is not Grade.RED),
        in_catalogue=tuple(smaller),
        on_hub=hub_query(target),
    )


def hub_query(target: ModelInfo) -> HubQuery:
    """A search for smaller models of the target's family.

    “Llama 3” for a Llama 3.3: a family's small models often have another minor version.
    """
    words = _MINOR_VERSION.sub("", family_words(target.name))
    return HubQuery(words, round(target.parameters * _LARGEST_SHARE))


def family_words(name: str) -> str:
    """`Qwen2.5 Coder` of “Qwen2.5-Coder-1.5B-Instruct”: what the names of a family share."""
    owner = _OWNER.match(name)
    own = name[owner.end() :] if owner else name
    end = _FAMILY_ENDS.search(own)
    return _SEPARATORS.sub(" ", own[: end.start()] if end else own).strip() or name


def catalogue_family(target: ModelInfo, catalogue: Catalogue) -> str:
    """The catalogue's family of a target; "" if it has none of its kind."""
    name = _plain(family_words(target.name))
    matches = [
        family
        for family in catalogue.families
        if re.match(rf"{re.escape(_plain(family))}(?![a-z\d])", name)
    ]
    return max(matches, key=len, default="")


def _plain(words: str) -> str:
    return _PUNCTUATION.sub("", words.casefold())

"""What the hub says about a repository, made fit to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from huggingface_hub.hf_api import ModelInfo

from engine.library.hub.names import is_repo
from engine.library.hub.values import FoundRepo
from engine.library.printable import printable

_LONGEST_WORD: Final = 40
_MOST: Final = 1 << 53
_BASE_MODEL: Final = "base_model:"
_LICENCE: Final = "license:"


@dataclass(frozen=True)
class GgufFacts:
    """What the hub has read from a GGUF header of the repository. Unknown facts are "" or None."""

    architecture: str
    parameters: int | None
    context_length: int | None

    @classmethod
    def of(cls, info: ModelInfo) -> Self:
        """The facts in `info`."""
        facts: Mapping[object, object] = info.gguf if isinstance(info.gguf, dict) else {}
        return cls(
            architecture=_word(facts.get("architecture")),
            parameters=_count(facts.get("total")),
            context_length=_count(facts.get("context_length")),
        )


def found_repo(row: ModelInfo) -> FoundRepo:
    """One search result."""
    facts = GgufFacts.of(row)
    return FoundRepo(
        repo=row.id,
        downloads=_count(row.downloads),
        likes=_count(row.likes),
        updated=row.last_modified,
        is_gated=bool(row.gated),
        architecture=facts.architecture,
        parameters=facts.parameters,
        base_model=_base_model(row),
    )


def licence_of(info: ModelInfo) -> str:
    """The licence's name; for one of the authors' own, the name they give it."""
    card = info.card_data
    named = getattr(card, "license", None)
    if named == "other":
        named = getattr(card, "license_name", None)
    if isinstance(named, list):
        named = " ".join(word for word in named if isinstance(word, str))
    return _word(named) or _tagged(info, _LICENCE)


def _base_model(row: ModelInfo) -> str:
    # As `base_model:owner/name` or `base_model:quantized:owner/name`.
    name = _tagged(row, _BASE_MODEL).rpartition(":")[2]
    return name if is_repo(name) else ""


def _tagged(info: ModelInfo, prefix: str) -> str:
    tags = (tag for tag in info.tags or [] if str(tag).startswith(prefix))
    return printable(next(tags, "").removeprefix(prefix), 2 * _LONGEST_WORD)


def _word(value: object) -> str:
    return printable(value, _LONGEST_WORD) if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < _MOST else None

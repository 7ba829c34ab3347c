"""What the model dialog offers, as rows of words. Knows no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from desktop import figures
from desktop.model_scan import FoundModel, Verdict
from engine.config import SelfDraft

Choice: TypeAlias = Path | SelfDraft | None
"""A file, the target's low-bit copy, or (for the draft) none."""


@dataclass(frozen=True)
class Badge:
    """An icon and a word in one tone."""

    icon: str
    words: str
    tone: Literal["success", "warning", "danger", "muted"]


@dataclass(frozen=True)
class ModelRow:
    """One line of a column."""

    choice: Choice
    name: str
    quantization: str
    size: str
    badge: Badge | None
    reason: str
    usable: bool = True

    @property
    def sentence(self) -> str:
        """The row for a screen reader."""
        badge = self.badge.words if self.badge else ""
        parts = (self.name, self.quantization, self.size, badge, self.reason)
        return ", ".join(part for part in parts if part)


_CANNOT_BE_USED: Final = Badge("x", "Cannot be used", "danger")
_CANNOT_GUESS: Final = Badge("x", "Cannot guess for it", "danger")
_SAME_TOKENIZER: Final = Badge("check", "Same tokenizer", "success")
_NOT_SMALLER: Final = Badge("triangle-alert", "Not smaller", "warning")
_CHECKING: Final = Badge("info", "Checking", "muted")
_ALWAYS: Final = Badge("check", "Always works", "success")


def target_rows(models: Sequence[FoundModel]) -> list[ModelRow]:
    """Every file; those that cannot be used come last, with the reason."""
    return _usable_first([_target_row(model) for model in models])


def draft_rows(
    target: FoundModel, models: Sequence[FoundModel], verdicts: Mapping[Path, Verdict]
) -> list[ModelRow]:
    """The target's copy, the other files with their verdicts, and plain."""
    others = [model for model in models if model.path != target.path and not model.refusal]
    rows = [_draft_row(target, model, verdicts.get(model.path)) for model in others]
    plain = ModelRow(None, "None: plain", "", "no model", _ALWAYS, "One token for each pass")
    return _usable_first([_copy_row(), *rows, plain])


def _usable_first(rows: list[ModelRow]) -> list[ModelRow]:
    return sorted(rows, key=lambda row: not row.usable)


def _target_row(model: FoundModel) -> ModelRow:
    if model.refusal:
        return _file_row(model, _CANNOT_BE_USED, model.refusal, usable=False)
    context = f"Context up to {model.context_length:,} tokens" if model.context_length else ""
    return _file_row(model, None, context)


def _draft_row(target: FoundModel, model: FoundModel, verdict: Verdict | None) -> ModelRow:
    if verdict is None:
        return _file_row(model, _CHECKING, "Comparing the tokenizers", usable=False)
    if not verdict.compatible:
        return _file_row(model, _CANNOT_GUESS, verdict.sentence, usable=False)
    if model.size_bytes >= target.size_bytes:
        return _file_row(model, _NOT_SMALLER, "Guessing would take as long as writing")
    says_more = verdict.sentence.rstrip(".") != _SAME_TOKENIZER.words
    return _file_row(model, _SAME_TOKENIZER, verdict.sentence if says_more else "")


def _copy_row() -> ModelRow:
    draft = SelfDraft()
    return ModelRow(
        choice=draft,
        name="Copy of the target",
        quantization=draft.quantization or "",
        size="made on first use",
        badge=_SAME_TOKENIZER,
        reason="The target itself in fewer bits; usually guesses best",
    )


def _file_row(
    model: FoundModel, badge: Badge | None, reason: str, *, usable: bool = True
) -> ModelRow:
    size = figures.file_size(model.size_bytes) if model.size_bytes else ""
    return ModelRow(model.path, model.name, model.quantization, size, badge, reason, usable)

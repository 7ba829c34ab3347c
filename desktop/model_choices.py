"""What the model dialog offers, as rows of words. Knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from desktop import figures
from desktop.engine_port import Pair
from desktop.fit_badges import CANNOT_BE_USED, Badge, Fit, FreeMemory, guessed_fit, planned_fit
from desktop.model_library import FoundModel
from engine.config import SelfDraft
from engine.language import tr, whole
from engine.library.drafts import PAYS_FROM, Grade, RankedDraft
from engine.library.find_draft import family_words
from engine.memory_plan.values import MemoryPlan


class NoModel(Enum):
    """What stands in the draft column beside models."""

    NGRAM = "n-gram"
    """Guess from where the text repeats itself."""
    PLAIN = "plain"


Choice: TypeAlias = Path | SelfDraft | NoModel | str
"""A file, the target's low-bit copy, a way without a draft, or an id of the catalogue or hub."""


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
    fits: bool = True
    """Whether it runs here from memory alone, as far as that is known."""
    family: str = ""
    action: str = ""
    """What can be done about a row that cannot be used, in words."""

    @property
    def sentence(self) -> str:
        """The row for a screen reader."""
        badge = self.badge.words if self.badge else ""
        action = tr("{action} with Enter").format(action=self.action) if self.action else ""
        parts = (self.name, self.quantization, self.size, badge, self.reason, action)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class RowFilter:
    """Which rows are shown. Empty texts let everything through."""

    words: str = ""
    only_fitting: bool = False
    family: str = ""
    quantization: str = ""

    def accepts(self, row: ModelRow) -> bool:
        """Whether `row` is shown. What is no file always is."""
        if isinstance(row.choice, SelfDraft | NoModel):
            return True
        return (
            (not self.words or self._is_said_by(row))
            and (not self.only_fitting or (row.usable and row.fits))
            and self.family in ("", row.family)
            and self.quantization in ("", row.quantization)
        )

    def _is_said_by(self, row: ModelRow) -> bool:
        shown = row.sentence.casefold()
        return all(word in shown for word in self.words.casefold().split())


INCOMPLETE: Final = Badge("x", tr("Incomplete"), "danger")
_OFFLINE: Final = Badge("unplug", tr("Offline"), "muted")
_CANNOT_GUESS: Final = Badge("x", tr("Cannot guess for it"), "danger")
_SAME_TOKENIZER: Final = Badge("check", tr("Same tokenizer"), "success")
_MEASURED: Final = Badge("check", tr("Measured here"), "success")
_PAYS_NOTHING: Final = Badge("triangle-alert", tr("Gains little"), "warning")
_CHECKING: Final = Badge("info", tr("Checking"), "muted")
_ALWAYS: Final = Badge("check", tr("Always works"), "success")


def target_rows(
    models: Sequence[FoundModel],
    memory: FreeMemory | None = None,
    planned: tuple[Path, MemoryPlan] | None = None,
) -> list[ModelRow]:
    """Every file; those that cannot be used come last, with the reason.

    Without `memory` nothing is said about where they fit. `planned` is the chosen one's plan.
    """
    rows = [_target_row(model, memory) for model in models]
    if planned:
        target, plan = planned
        rows = [_fitting(row, planned_fit(plan)) if row.choice == target else row for row in rows]
    return sorted(rows, key=lambda row: not row.usable)


def draft_rows(
    target: FoundModel,
    models: Sequence[FoundModel],
    ranked: Sequence[RankedDraft] | None,
    *,
    copy: SelfDraft | None = None,
    plain: float | None = None,
) -> list[ModelRow]:
    """Drafts for `target`, the most promising first, and the ways without one.

    `ranked` None: that is still being found out. `copy`: the target's copy as it was asked for.
    `plain`: tokens per second without a draft.
    """
    others = {model.path: model for model in models if not model.refusal}
    others.pop(target.path, None)
    if ranked is None:
        checking = [_checking_row(model) for model in others.values()]
        return [_copy_row(copy or SelfDraft()), _ngram_row(), _plain_row(plain), *checking]
    rows: dict[Grade, list[ModelRow]] = {grade: [] for grade in Grade}
    for draft in ranked:
        if isinstance(draft.draft, SelfDraft):
            rows[draft.grade].append(_ranked_copy(draft, copy, plain))
        elif draft.draft in others:
            rows[draft.grade].append(_ranked_row(others[draft.draft], draft, plain))
    without = [_ngram_row(), _plain_row(plain)]
    return [*rows[Grade.GREEN], *without, *rows[Grade.AMBER], *rows[Grade.RED]]


def distinct(rows: Sequence[ModelRow], fact: Callable[[ModelRow], str]) -> list[str]:
    """What a filter offers: each value once, sorted."""
    return sorted({value for row in rows if (value := fact(row))}, key=str.casefold)


def _target_row(model: FoundModel, memory: FreeMemory | None) -> ModelRow:
    if model.refusal:
        return _file_row(model, _refusal_badge(model), model.refusal, usable=False)
    if memory is None:
        return _file_row(model, None, _context_words(model.context_length))
    touched = model.active_bytes / model.size_bytes if model.active_bytes else 1.0
    return _fitting(
        _file_row(model, None, ""), guessed_fit(model.size_bytes, memory, touched=touched)
    )


def _context_words(length: int) -> str:
    return tr("Context up to {length} tokens").format(length=whole(length)) if length else ""


def _refusal_badge(model: FoundModel) -> Badge:
    if model.offline:
        return _OFFLINE
    return INCOMPLETE if model.cut_off else CANNOT_BE_USED


def _fitting(row: ModelRow, fit: Fit) -> ModelRow:
    return replace(row, badge=fit.badge, reason=fit.reason, fits=fit.from_memory)


def _checking_row(model: FoundModel) -> ModelRow:
    return _file_row(model, _CHECKING, tr("Comparing the tokenizers"), usable=False)


def _ranked_row(model: FoundModel, draft: RankedDraft, plain: float | None) -> ModelRow:
    if draft.grade is Grade.RED:
        return _file_row(model, _CANNOT_GUESS, draft.sentence, usable=False)
    return _file_row(model, _grade_badge(draft), _reason(draft, plain))


def _ranked_copy(draft: RankedDraft, copy: SelfDraft | None, plain: float | None) -> ModelRow:
    row = _copy_row(copy or SelfDraft(), draft.quantization)
    return replace(row, badge=_grade_badge(draft), reason=_reason(draft, plain))


def _grade_badge(draft: RankedDraft) -> Badge:
    if draft.grade is Grade.AMBER:
        return _PAYS_NOTHING
    return _MEASURED if draft.measured else _SAME_TOKENIZER


def _reason(draft: RankedDraft, plain: float | None) -> str:
    """The cause, and how fast it is where that is worth a word."""
    cause = draft.sentence.removesuffix(".")
    if cause.removesuffix(".") == _SAME_TOKENIZER.words:
        cause = ""
    if draft.grade is Grade.GREEN and draft.speedup >= PAYS_FROM:
        speed = _speed(draft, plain)
        cause = f"{cause}: {speed}" if cause else speed[:1].upper() + speed[1:]
    elif not cause:
        cause = tr("Most likely no faster than plain here")
    return cause


def _speed(draft: RankedDraft, plain: float | None) -> str:
    if plain is None:
        speed = figures.times_plain(draft.speedup)
    else:
        speed = figures.speed(plain * draft.speedup)
    return speed if draft.measured else tr("about {speed}").format(speed=speed)


def _copy_row(copy: SelfDraft, quantization: str = "") -> ModelRow:
    return ModelRow(
        choice=copy,
        name=tr("Copy of the target"),
        quantization=copy.quantization or quantization,
        size=tr("made on first use"),
        badge=_SAME_TOKENIZER,
        reason=tr("The target itself in fewer bits; usually guesses best"),
    )


def _ngram_row() -> ModelRow:
    reason = tr("Pays when the reply repeats the prompt")
    return ModelRow(NoModel.NGRAM, tr("N-gram only"), "", tr("no model"), _ALWAYS, reason)


def _plain_row(plain: float | None) -> ModelRow:
    reason = tr("One token per pass")
    if plain is not None:
        reason = tr("One token per pass, about {speed}").format(speed=figures.speed(plain))
    return ModelRow(NoModel.PLAIN, tr("None: plain"), "", tr("no model"), _ALWAYS, reason)


def _file_row(
    model: FoundModel, badge: Badge | None, reason: str, *, usable: bool = True
) -> ModelRow:
    size, family = _size_and_family(model.size_bytes, model.name)
    return ModelRow(
        choice=model.path,
        name=model.name,
        quantization=model.quantization,
        size=size,
        badge=badge,
        reason=reason,
        usable=usable,
        fits=usable,
        family=family,
    )


@lru_cache(maxsize=8192)
def _size_and_family(size: int, name: str) -> tuple[str, str]:
    """Rows are made anew with each key press; a thousand of them must not be felt."""
    return figures.file_size(size) if size else "", family_words(name)


def pair_of(target: Path, choice: Choice) -> Pair:
    """The pair of a target and what was chosen beside it."""
    draft = choice if isinstance(choice, Path | SelfDraft) else None
    return Pair(target, draft, suggestions=choice is not NoModel.PLAIN)


def draft_choice(pair: Pair) -> Choice:
    """What stands for the draft of `pair` in the draft column."""
    if pair.draft is None:
        return NoModel.NGRAM if pair.suggestions else NoModel.PLAIN
    return pair.draft

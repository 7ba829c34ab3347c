"""All drafts for a target: which can guess for it, which pay, and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from engine.config import SelfDraft
from engine.errors import OutriderError
from engine.language import decimal, tr
from engine.library.expected_speed import (
    COPIES,
    Regime,
    draft_tokens,
    speedup,
)
from engine.library.listing import ListedModel
from engine.library.low_bit import suited_type
from engine.library.metadata import ModelInfo
from engine.library.pair import OTHER_TOKENIZER, PairVerdict, check_fingerprints, check_pair
from engine.library.scan_cache import ScanCache

PAYS_FROM: Final = 1.1
"""Times the speed of plain from which a draft is worth its memory."""

_NOT_YET: Final = tr("Drafts with another tokenizer do not work yet.")
_COPY_SENTENCE: Final = tr("The target itself in fewer bits; usually guesses best.")
_NOT_SMALLER: Final = tr("Not smaller than the target: guessing would take as long as writing.")
_OFFLINE: Final = tr("Its folder is not there now.")
_TOO_BIG: Final = tr("Too big beside this target: guessing would eat up what it gains.")


class Grade(StrEnum):
    """The colour of a draft: can it guess, and does it pay?"""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class RankedDraft:
    """A draft beside a target."""

    draft: Path | SelfDraft
    title: str
    grade: Grade
    sentence: str
    """The cause of the grade."""
    speedup: float = 0.0
    """Times the speed of plain; 0 for a draft that cannot guess."""
    measured: bool = False
    """Whether `speedup` was seen on this machine; else it is an estimate."""
    quantization: str = ""
    """Of a copy: what it is, or will be, made in."""


Measured: TypeAlias = Mapping[Path | SelfDraft, float]
"""Times the speed of plain that was seen on this machine, by draft, for one target."""


def rank_drafts(
    target: ListedModel,
    models: Iterable[ListedModel],
    cache: ScanCache,
    *,
    regime: Regime,
    measured: Measured | None = None,
) -> list[RankedDraft]:
    """The target's copy and every other model as a draft, the most promising first.

    No header is read unless two vocabularies have to be compared token by token for the first time.
    A target whose header could not be read has no drafts.
    """
    if target.info is None:
        return []
    ranking = _Ranking(target, target.info, cache, regime, measured or {})
    others = [ranking.rank(model) for model in models if model.path != target.path]
    return sorted([ranking.rank_copy(), *others], key=_order)


def judge_pair(target: ListedModel, draft: ListedModel, cache: ScanCache) -> PairVerdict:
    """What `check_pair` says of two listed models, from what is known of them where possible."""
    first, second = target.vocabulary, draft.vocabulary
    if first is None or second is None:
        without = target if first is None else draft
        return PairVerdict(
            compatible=False,
            sentence=without.refusal
            or tr("{title} has no vocabulary.").format(title=without.title),
        )
    verdict = check_fingerprints(first, second) or cache.verdict(first, second)
    if verdict is None:
        try:
            verdict = check_pair(target.path, draft.path)
        except OutriderError as error:
            return PairVerdict(compatible=False, sentence=error.message)
        cache.keep_verdict(first, second, verdict)
    return verdict


@dataclass(frozen=True)
class _Ranking:
    target: ListedModel
    info: ModelInfo
    cache: ScanCache
    regime: Regime
    measured: Measured

    def rank(self, draft: ListedModel) -> RankedDraft:
        """A file as a draft."""
        refusal = draft.refusal or (_OFFLINE if draft.offline else "")
        if refusal or draft.info is None:
            return RankedDraft(draft.path, draft.title, Grade.RED, refusal)
        verdict = judge_pair(self.target, draft, self.cache)
        if not verdict.compatible:
            return RankedDraft(draft.path, draft.title, Grade.RED, _with_outlook(verdict.sentence))
        tokens = draft_tokens(draft.info.parameters / max(self.info.parameters, 1))
        ratio = draft.info.active_bytes / max(self.info.active_bytes, 1)
        return self._graded(draft.path, draft.title, verdict.sentence, tokens, ratio)

    def rank_copy(self) -> RankedDraft:
        """The target's own copy, which is made on first use."""
        quantization = suited_type(self.info)
        copy = COPIES[quantization]
        ratio = copy.bytes_per_parameter * self.info.parameters / max(self.info.size_bytes, 1)
        title = tr("Copy of the target in {quantization}").format(quantization=quantization)
        ranked = self._graded(SelfDraft(), title, _COPY_SENTENCE, copy.tokens, ratio)
        return replace(ranked, quantization=quantization)

    def _graded(
        self, draft: Path | SelfDraft, title: str, praise: str, tokens: float, bytes_ratio: float
    ) -> RankedDraft:
        seen = self.measured.get(draft)
        gain = seen or speedup(tokens, bytes_ratio, self.regime)
        if seen is not None:
            slow = tr("Measured here: {gain} times the speed without it.").format(
                gain=decimal(gain)
            )
            doubt = slow if gain < PAYS_FROM else ""
        else:
            doubt = self._doubt(gain, bytes_ratio)
        grade = Grade.AMBER if doubt else Grade.GREEN
        return RankedDraft(draft, title, grade, doubt or praise, gain, seen is not None)

    def _doubt(self, gain: float, bytes_ratio: float) -> str:
        """Why a draft that can guess may not pay; "" if it may."""
        if bytes_ratio >= 1:
            return _NOT_SMALLER
        # On the CPU alone no draft pays by estimate: the smaller ones are to be tried all the same.
        too_big = gain < PAYS_FROM and self.regime is not Regime.IN_MEMORY
        return _TOO_BIG if too_big else ""


def _with_outlook(sentence: str) -> str:
    return f"{sentence} {_NOT_YET}" if sentence.startswith(OTHER_TOKENIZER) else sentence


def _order(draft: RankedDraft) -> tuple[int, float, str]:
    return list(Grade).index(draft.grade), -draft.speedup, draft.title.casefold()

"""Which pairs were seen at work on this machine, and how fast they were against plain."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from engine.config import DEFAULT_BUDGET, SelfDraft
from engine.errors import BadModelFile, ModelNotFound
from engine.latency import CostCurve
from engine.learned import Learned, learned_files, recall
from engine.library.low_bit import low_bit_path, model_identity
from engine.planner import DraftForecast
from engine.tested_pairs import has_tests, last_test

_BUDGETS: Final = (4, 8, 16, 32, DEFAULT_BUDGET)


def measured_speedups(
    target: Path, drafts: Iterable[Path | SelfDraft]
) -> dict[Path | SelfDraft, float]:
    """Times the speed of plain by draft, for those that were measured beside `target`.

    A pair that was tested is as fast as the test says. Where one was used in several set-ups, the
    last one counts. Raises `ModelNotFound` for a target that vanished.
    """
    files, tested = learned_files(target), has_tests(target)
    seen = {}
    # A draft's identity takes reading it: not for a target that was never used with one.
    for draft in drafts if files or tested else ():
        gain = _tested_speedup(target, draft) if tested else 0.0
        if not gain and files:
            gain = _learned_speedup(files, target, draft)
        if gain:
            seen[draft] = gain
    return seen


def _tested_speedup(target: Path, draft: Path | SelfDraft) -> float:
    """0 if it was not tested."""
    with suppress(ModelNotFound):  # it has just gone
        tested = last_test(target, draft)
        return tested.gain if tested else 0.0
    return 0.0


def _learned_speedup(files: Mapping[str, Path], target: Path, draft: Path | SelfDraft) -> float:
    """0 if it was never used."""
    file = files.get(_identity(target, draft))
    return _speedup(recall(file)) if file else 0.0


def _identity(target: Path, draft: Path | SelfDraft) -> str:
    try:
        if isinstance(draft, SelfDraft):
            draft = low_bit_path(target, draft.quantization)
        return model_identity(draft)
    except (ModelNotFound, BadModelFile):  # the copy was never made, or a file has just gone
        return ""


def _speedup(learned: Learned) -> float:
    """Of the best tree, by the costs and the forecast of the last time; 0 if none was grown."""
    if not learned.target_cost or not learned.draft_cost or learned.forecast is None:
        return 0.0
    target = CostCurve(learned.target_cost)
    forecast = DraftForecast(CostCurve(learned.draft_cost), learned.forecast)
    plain = target.seconds(1) or 0.0
    return max(
        forecast.tokens(budget) * plain / (forecast.seconds(budget) + (target.seconds(budget) or 0))
        for budget in _BUDGETS
    )

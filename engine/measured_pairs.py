"""Which pairs were seen at work on this machine, and how fast they were against plain."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from engine.config import DEFAULT_BUDGET, SelfDraft
from engine.errors import ModelNotFound
from engine.latency import CostCurve
from engine.learned import Learned, recall_pair
from engine.library.low_bit import low_bit_path
from engine.planner import DraftForecast

_BUDGETS: Final = (4, 8, 16, 32, DEFAULT_BUDGET)


def measured_speedups(
    target: Path, drafts: Iterable[Path | SelfDraft]
) -> dict[Path | SelfDraft, float]:
    """Times the speed of plain by draft, for those that were measured beside `target`.

    Where a pair was used in several placements, the last one counts.
    """
    seen = {}
    for draft in drafts:
        if gain := _speedup(_recalled(target, draft)):
            seen[draft] = gain
    return seen


def _recalled(target: Path, draft: Path | SelfDraft) -> Learned:
    try:
        file = low_bit_path(target, draft.quantization) if isinstance(draft, SelfDraft) else draft
        return recall_pair(target, file)
    except ModelNotFound:  # the copy was never made, or a file has just gone
        return Learned()


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

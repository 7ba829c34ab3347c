"""Builders of measured runs that no model made."""

from typing import Any

from engine.bench.record import BenchRun, DepthCounts, Method, Resources, RoundCounts, Setup
from engine.config import SamplingConfig
from engine.events import FinishReason, TurnStats

STATS = TurnStats(
    tokens=6,
    target_passes=2,
    prompt_tokens=30,
    prompt_tokens_reused=0,
    prompt_seconds=0.5,
    first_token_seconds=0.75,
    draft_seconds=1.0,
    target_seconds=1.0,
    other_seconds=0.0,
    mode="tree",
    reason="chosen in the settings",
    plain_tokens_per_second=2.0,
)


def bench_run(**changes: Any) -> BenchRun:  # noqa: ANN401 - any field
    """A run of `tree 4` in two rounds, with some fields of the test's own."""
    fields: dict[str, Any] = {
        "setup": Setup("Big", "Small", "resident"),
        "method": Method("tree", 4),
        "sampling": SamplingConfig(temperature=0.0),
        "prompt": 0,
        "category": "chat",
        "repeat": 0,
        "warm_up": False,
        "text": "one two",
        "finish": FinishReason.MAX_TOKENS,
        "stats": STATS,
        "rounds": RoundCounts(nodes=(4, 4), leaves=(2, 3), accepted=(3, 1)),
        "depths": DepthCounts(proposed=(4, 2, 2), accepted=(2, 1, 1)),
        "resources": Resources(own_bytes=1_000_000),
    }
    return BenchRun(**{**fields, **changes})

"""A benchmark as one JSON document: `{machine, models, runs, summary}`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.bench.record import BenchRun, to_json
from engine.bench.statistics import Figures, Row, rows


@dataclass(frozen=True)
class Measured:
    """A run, and what it was: a hash of the question, the model files and how they are held.

    Two runs of equal `identity` and equal coordinates are the same measurement, done twice.
    """

    run: BenchRun
    identity: str


def document(
    machine: dict[str, Any], models: dict[str, Any], measured: Sequence[Measured]
) -> dict[str, Any]:
    """The headless contract's `bench` object."""
    return {
        "machine": machine,
        "models": models,
        "runs": [{**to_json(each.run), "identity": each.identity} for each in measured],
        "summary": [_summary(row) for row in rows(each.run for each in measured)],
    }


def _summary(row: Row) -> dict[str, Any]:
    """A row: its medians under their own names, and all spreads below `spread`."""
    return {
        "method": row.method.label,
        "mode": row.method.name,
        "budget": row.method.budget,
        "setup": asdict(row.comparison.setup),
        "temperature": row.comparison.sampling.temperature,
        "top_p": row.comparison.sampling.top_p,
        **_figures(row.all),
        "best_chain": row.is_best_chain,
        "acceptance_by_depth": list(row.acceptance),
        "round_seconds": asdict(row.round_seconds),
        "categories": {name: _figures(part) for name, part in row.categories.items()},
        "prompts": {str(number): _figures(part) for number, part in row.prompts.items()},
    }


def _figures(figures: Figures) -> dict[str, Any]:
    times = figures.times_plain
    return {
        "runs": figures.runs,
        "tokens_per_pass": figures.tokens_per_pass.median,
        "tokens_per_second": figures.tokens_per_second.median,
        "first_token_seconds": figures.first_token_seconds.median,
        "times_plain": times and times.median,
        "least_times_plain": times and times.least,
        "draft_share": figures.draft_share,
        "target_share": figures.target_share,
        "other_share": figures.other_share,
        "spread": {
            "tokens_per_pass": asdict(figures.tokens_per_pass),
            "tokens_per_second": asdict(figures.tokens_per_second),
            "first_token_seconds": asdict(figures.first_token_seconds),
            "times_plain": times and asdict(times),
        },
    }

"""Statistics of measured runs: medians with their spread, and ratios within one run. All pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median, quantiles
from typing import Final, Self, TypeVar

from engine.bench.record import BenchRun, Method, Setup
from engine.config import SamplingConfig

K = TypeVar("K")

PLAIN: Final = "off"
CHAIN: Final = "chain"
_FEWEST_WALKS: Final = 5


@dataclass(frozen=True)
class Spread:
    """Some numbers: the middle one, the middle half, and the ends."""

    count: int
    median: float
    quartiles: tuple[float, float]
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self | None:
        """None of no values."""
        found = sorted(values)
        if not found:
            return None
        low, _, high = quantiles(found, method="inclusive") if found[1:] else found * 3
        return cls(len(found), median(found), (low, high), found[0], found[-1])


@dataclass(frozen=True)
class Figures:
    """What some runs of one method gave. The first five are over the runs, one value each."""

    runs: int
    tokens_per_pass: Spread
    tokens_per_second: Spread
    first_token_seconds: Spread
    times_plain: Spread | None
    """Ratios against `off` with the same prompt, sampling and repeat; None without such runs."""
    draft_share: float
    target_share: float
    other_share: float


@dataclass(frozen=True)
class RoundSeconds:
    """Where the time of an average round goes."""

    draft: float
    """Drafting that nothing hides."""
    load: float
    """Waiting of the target's pass for weights: for the disk, or for a device."""
    compute: float
    """The rest of the target's pass."""
    other: float


@dataclass(frozen=True)
class Comparison:
    """Runs that may be compared: the same models, held alike, with the same sampler."""

    setup: Setup
    sampling: SamplingConfig


@dataclass(frozen=True)
class Row:
    """One method of one comparison. Warm-up runs are in none of its figures."""

    comparison: Comparison
    method: Method
    all: Figures
    categories: dict[str, Figures]
    prompts: dict[int, Figures]
    acceptance: tuple[float, ...]
    """By depth from 1: of the walks that came as far as the depth before, how many went on."""
    round_seconds: RoundSeconds
    is_best_chain: bool = False
    """Whether it is the fastest of several lengths of the chain."""


def rows(runs: Iterable[BenchRun]) -> list[Row]:
    """A row for each comparison and method, in the order of their first runs."""
    measured = [run for run in runs if not run.warm_up]
    return [
        row
        for comparison, mine in grouped(measured, _comparison).items()
        for row in _mark_best_chain(_rows_of(comparison, mine))
    ]


def grouped(runs: Iterable[BenchRun], key: Callable[[BenchRun], K]) -> dict[K, list[BenchRun]]:
    """The runs by a key of theirs, in the order in which the keys first come."""
    groups: dict[K, list[BenchRun]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return groups


def _comparison(run: BenchRun) -> Comparison:
    return Comparison(run.setup, run.sampling)


def _rows_of(comparison: Comparison, runs: Sequence[BenchRun]) -> list[Row]:
    plain_speed = {
        (run.prompt, run.repeat): run.stats.tokens_per_second
        for run in runs
        if run.method.name == PLAIN
    }

    def figures(some: Sequence[BenchRun]) -> Figures:
        return _figures(some, plain_speed)

    return [
        Row(
            comparison=comparison,
            method=method,
            all=figures(mine),
            categories={
                category: figures(part)
                for category, part in grouped(mine, lambda run: run.category).items()
            },
            prompts={
                prompt: figures(part)
                for prompt, part in grouped(mine, lambda run: run.prompt).items()
            },
            acceptance=acceptance_by_depth(mine),
            round_seconds=round_seconds(mine),
        )
        for method, mine in grouped(runs, lambda run: run.method).items()
    ]


def _figures(runs: Sequence[BenchRun], plain_speed: dict[tuple[int, int], float]) -> Figures:
    stats = [run.stats for run in runs]
    seconds = sum(stat.seconds for stat in stats) or 1.0
    return Figures(
        runs=len(runs),
        tokens_per_pass=_spread(stat.tokens_per_pass for stat in stats),
        tokens_per_second=_spread(stat.tokens_per_second for stat in stats),
        first_token_seconds=_spread(stat.first_token_seconds for stat in stats),
        times_plain=Spread.of(
            run.stats.tokens_per_second / plain
            for run in runs
            if (plain := plain_speed.get((run.prompt, run.repeat)))
        ),
        draft_share=sum(stat.draft_seconds for stat in stats) / seconds,
        target_share=sum(stat.target_seconds for stat in stats) / seconds,
        other_share=sum(stat.other_seconds for stat in stats) / seconds,
    )


def _spread(values: Iterable[float]) -> Spread:
    spread = Spread.of(values)
    if spread is None:
        raise ValueError("a method without runs has no figures")
    return spread


def acceptance_by_depth(runs: Iterable[BenchRun]) -> tuple[float, ...]:
    """Pooled over all rounds of the runs, as far down as enough walks came to say something."""
    walks = list(runs)
    deepest = max((len(run.depths.accepted) for run in walks), default=0)
    reached = [
        sum(run.stats.target_passes for run in walks),
        *(sum(sum(run.depths.accepted[d : d + 1]) for run in walks) for d in range(deepest)),
    ]
    return tuple(after / before for before, after in pairwise(reached) if before >= _FEWEST_WALKS)


def round_seconds(runs: Sequence[BenchRun]) -> RoundSeconds:
    """Pooled over all rounds of the runs."""
    passes = sum(run.stats.target_passes for run in runs) or 1
    load = sum(run.waiting_seconds for run in runs)
    return RoundSeconds(
        draft=sum(run.stats.draft_seconds for run in runs) / passes,
        load=load / passes,
        compute=max(sum(run.stats.target_seconds for run in runs) - load, 0.0) / passes,
        other=sum(run.stats.other_seconds for run in runs) / passes,
    )


def _mark_best_chain(found: list[Row]) -> list[Row]:
    chains = [row for row in found if row.method.name == CHAIN]
    if len(chains) < 2:  # noqa: PLR2004 - one is not the best of anything
        return found
    best = max(chains, key=lambda row: row.all.tokens_per_second.median)
    return [replace(row, is_best_chain=row is best) for row in found]

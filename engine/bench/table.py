"""The statistics as tables for a terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from engine.bench.record import BenchRun
from engine.bench.statistics import Comparison, Figures, Row, Spread, rows

_HEAD: Final = (
    "method",
    "per pass",
    "tokens/s",
    "x plain",
    "middle half",
    "least",
    "draft",
    "other",
)


def table(runs: Iterable[BenchRun]) -> str:
    """Medians of each method; below them, where there are several, the ratios by category."""
    found = rows(runs)
    comparisons = list(dict.fromkeys(row.comparison for row in found))
    return "\n\n".join(
        part
        for comparison in comparisons
        for part in _tables([row for row in found if row.comparison == comparison], comparisons)
    )


def heading(comparison: Comparison) -> str:
    """Models, placement and sampler in one line."""
    setup, sampling = comparison.setup, comparison.sampling
    pair = f"{setup.target} with {setup.draft}" if setup.draft else setup.target
    sampler = (
        f"temperature {sampling.temperature:g}, top-p {sampling.top_p:g}"
        if sampling.temperature
        else "greedy"
    )
    return f"{pair}, {setup.placement}, {sampler}"


def method_name(row: Row) -> str:
    """The method, and whether it is the best of the chains."""
    return f"{row.method.label}, best" if row.is_best_chain else row.method.label


def _tables(found: Sequence[Row], comparisons: Sequence[Comparison]) -> list[str]:
    tables = [_aligned([_HEAD, *map(_line, found)])]
    categories = [
        name for name in dict.fromkeys(c for row in found for c in row.categories) if name
    ]
    if len(categories) > 1:
        head = ("x plain", *categories)
        lines = [(method_name(row), *_by_category(row, categories)) for row in found]
        tables.append(_aligned([head, *lines]))
    return (
        [f"{heading(found[0].comparison)}\n{tables[0]}", *tables[1:]] if comparisons[1:] else tables
    )


def _line(row: Row) -> tuple[str, ...]:
    figures = row.all
    return (
        method_name(row),
        f"{figures.tokens_per_pass.median:.2f}",
        f"{figures.tokens_per_second.median:.2f}",
        *_ratios(figures.times_plain),
        f"{figures.draft_share:.0%}",
        f"{figures.other_share:.1%}",
    )


def _ratios(times: Spread | None) -> tuple[str, str, str]:
    if times is None:
        return "-", "-", "-"
    low, high = times.quartiles
    return f"{times.median:.2f}", f"{low:.2f}-{high:.2f}", f"{times.least:.2f}"


def _by_category(row: Row, categories: Sequence[str]) -> list[str]:
    return [_times(row.categories.get(category)) for category in categories]


def _times(figures: Figures | None) -> str:
    if figures is None or figures.times_plain is None:
        return "-"
    return f"{figures.times_plain.median:.2f}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    """The first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )

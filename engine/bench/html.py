"""The report: one HTML file without scripts that opens anywhere, in light and in dark.

Names, and whatever else comes from models and files, are escaped: only markup of ours is markup.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from html import escape
from typing import Any, Final

from engine.bench import paper
from engine.bench.plots import Plot, plots
from engine.bench.record import BenchRun
from engine.bench.statistics import Figures, Row, Spread, rows
from engine.bench.table import heading, method_name
from engine.library.printable import shown_size
from resources import resource_path

_NONE: Final = "—"
_TITLE: Final = "Outrider: methods side by side"
_HTML_HEAD: Final = (
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    f"<title>{_TITLE}</title>",
)
_HEAD: Final = (
    "method",
    "runs",
    "tokens per pass",
    "tokens/s",
    "middle half",
    "× plain",
    "least to most",
    "first token, s",
    "draft",
    "target",
    "other",
)


def report(machine: Mapping[str, Any], runs: Iterable[BenchRun]) -> str:
    """The whole page."""
    found = rows(runs)
    comparisons = dict.fromkeys(row.comparison for row in found)
    body = [
        f"<h1>{_TITLE}</h1>",
        _machine(machine),
        *(_section([row for row in found if row.comparison == each]) for each in comparisons),
        _paper(found),
        _notes(),
    ]
    style = resource_path("report.css").read_text(encoding="utf-8")
    return _joined(
        "<!DOCTYPE html>",
        '<html lang="en">',
        *_HTML_HEAD,
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        *body,
        "</main>",
        "</body>",
        "</html>",
        "",
    )


def _machine(machine: Mapping[str, Any]) -> str:
    devices = ", ".join(str(device["description"]) for device in machine["devices"])
    facts = (
        ("Processor", f"{machine['processor']}, {machine['cores']} cores"),
        ("Memory", shown_size(machine["memory_bytes"])),
        ("Devices", devices or "none besides the processor"),
        ("System", machine["system"]),
        ("llama.cpp", f"of llama-cpp-python {machine['llama_cpp_python']}"),
    )
    items = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in facts)
    return f"<dl>{items}</dl>"


def _section(found: Sequence[Row]) -> str:
    """One comparison: its table, its categories, its figures."""
    return _joined(
        "<section>",
        f"<h2>{_text(heading(found[0].comparison))}</h2>",
        _table("Medians of all runs", _HEAD, [_line(row) for row in found]),
        *_by_category(found),
        *map(_figure, plots(found)),
        "</section>",
    )


def _line(row: Row) -> tuple[str, ...]:
    figures, times = row.all, row.all.times_plain
    low, high = figures.tokens_per_second.quartiles
    return (
        method_name(row),
        str(figures.runs),
        f"{figures.tokens_per_pass.median:.2f}",
        f"{figures.tokens_per_second.median:.2f}",
        f"{low:.2f} to {high:.2f}",
        _median(times),
        _NONE if times is None else f"{times.least:.2f} to {times.most:.2f}",
        f"{figures.first_token_seconds.median:.2f}",
        f"{figures.draft_share:.0%}",
        f"{figures.target_share:.0%}",
        f"{figures.other_share:.1%}",
    )


def _by_category(found: Sequence[Row]) -> list[str]:
    """Speed and tokens per pass for each kind of work; nothing where there is only one."""
    names = [name for name in dict.fromkeys(c for row in found for c in row.categories) if name]
    if len(names) < 2:  # noqa: PLR2004 - one category is all of the runs
        return []
    lines = [
        (method_name(row), *(_category(row.categories.get(name)) for name in names))
        for row in found
    ]
    return [_table("By kind of work: × plain (tokens per pass)", ("method", *names), lines)]


def _category(figures: Figures | None) -> str:
    if figures is None:
        return _NONE
    return f"{_median(figures.times_plain)} ({figures.tokens_per_pass.median:.1f})"


def _median(spread: Spread | None) -> str:
    return _NONE if spread is None else f"{spread.median:.2f}"


def _figure(plot: Plot) -> str:
    words = _text(f"{plot.title}. {plot.words}.")
    return _joined(
        "<figure>",
        f"<figcaption>{_text(plot.title)}</figcaption>",
        f'<div role="img" aria-label="{words}">',
        plot.svg,
        "</div>",
        "</figure>",
    )


def _paper(found: Sequence[Row]) -> str:
    """The paper's headline figures, and below them the fastest of ours."""
    theirs = [tuple(value or _NONE for value in astuple(row)) for row in paper.HEADLINES]
    ours = [_best_line(row) for row in _fastest(found)]
    head = ("what", "tokens per pass", "tokens/s", "× plain", "where it is stated")
    differences = [astuple(difference) for difference in paper.DIFFERENCES]
    return _joined(
        "<section>",
        f'<h2>Beside the paper (<a href="{paper.ADDRESS}">{_text(paper.TITLE)}</a>)</h2>',
        _table(
            "Headline figures of the paper, and ours",
            head,
            [*theirs, *ours],
            "numbers sources",
        ),
        _table("What differs", ("", "in the paper", "here"), differences, "words"),
        "</section>",
    )


def _fastest(found: Sequence[Row]) -> list[Row]:
    """The fastest tree or planner of each comparison."""
    best: dict[object, Row] = {}
    for row in found:
        before = best.get(row.comparison)
        if row.method.name in {"tree", "auto"} and (before is None or _speed(row) > _speed(before)):
            best[row.comparison] = row
    return list(best.values())


def _speed(row: Row) -> float:
    return row.all.tokens_per_second.median


def _best_line(row: Row) -> tuple[str, ...]:
    return (
        f"ours, {row.method.label}: {heading(row.comparison)}",
        f"{row.all.tokens_per_pass.median:.2f}",
        f"{row.all.tokens_per_second.median:.2f}",
        _median(row.all.times_plain),
        "this report: median of its runs",
    )


def _notes() -> str:
    notes = (
        (
            "A ratio compares a run with plain generation (off) of the same prompt, sampler and "
            "repeat, measured within the same minutes. Runs that only warm up are not counted."
        ),
        "Lines are medians, bands the middle half of the runs.",
        (
            "A round is one tree, one pass of the target and one walk. Load is the time in which "
            "the target's pass waits for weights, from the disk or on a device; compute is the "
            "rest of it."
        ),
        (
            "Acceptance at a depth: of the walks that came as far as the depth before, how many "
            "went on. Depths before which fewer than five walks came are left out."
        ),
        (
            "llama.cpp is its own program, started once for each reply after all runs of this one, "
            "and timed by itself; it says nothing about waiting."
        ),
    )
    items = (f"<li>{_text(note)}</li>" for note in notes)
    return _joined("<section>", "<h2>How to read this</h2>", "<ul>", *items, "</ul>", "</section>")


def _table(
    caption: str,
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    kind: str = "numbers",
) -> str:
    return _joined(
        f'<div class="scroll"><table class="{kind}">',
        f"<caption>{_text(caption)}</caption>",
        "<thead>",
        "<tr>",
        *(f'<th scope="col">{_text(cell)}</th>' for cell in head),
        "</tr>",
        "</thead>",
        "<tbody>",
        *map(_table_row, lines),
        "</tbody>",
        "</table></div>",
    )


def _table_row(line: Sequence[str]) -> str:
    cells = "".join(f"<td>{_text(cell)}</td>" for cell in line[1:])
    return f'<tr><th scope="row">{_text(line[0])}</th>{cells}</tr>'


def _joined(*parts: str) -> str:
    return "\n".join(parts)


def _text(value: object) -> str:
    """Any text as text of a page, also within a quoted attribute."""
    return escape(str(value), quote=True)

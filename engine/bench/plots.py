"""The paper's figures, redrawn with ours, as SVG that takes its colours from the page around it."""

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from engine.bench.peer_command import PEER
from engine.bench.statistics import Row, Spread
from engine.bench.table import method_name

_FOREGROUND: Final = "#010101"
_GRID: Final = "#020202"
_SERIES: Final = {
    "tree": "#030303",
    "specinfer": "#040404",
    "chain": "#050505",
    "auto": "#060606",
    "off": "#070707",
    PEER: "#0c0c0c",
}
_PARTS: Final = {
    "draft": "#080808",
    "load": "#090909",
    "compute": "#0a0a0a",
    "other": "#0b0b0b",
}
_VARIABLES: Final = {
    _FOREGROUND: "currentColor",
    _GRID: "var(--grid)",
    **{colour: f"var(--{name})" for name, colour in (_SERIES | _PARTS).items()},
    _SERIES[PEER]: "var(--peer)",
}
"""Colours that stand for variables of the page's style sheet, light or dark."""

_MARKERS: Final = {"tree": "o", "specinfer": "s", "chain": "^", "auto": "D", PEER: "v"}
_DASHES: Final = {
    "tree": "-",
    "specinfer": "--",
    "chain": ":",
    "auto": "-.",
    "off": (0, (1, 4)),
    PEER: (0, (5, 1, 1, 1)),
}
_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "",  # the same figures give the same file
    "font.size": 10,
    "text.color": _FOREGROUND,
    "axes.edgecolor": _FOREGROUND,
    "axes.labelcolor": _FOREGROUND,
    "xtick.color": _FOREGROUND,
    "ytick.color": _FOREGROUND,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": _GRID,
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Plot:
    """A figure for a page."""

    title: str
    svg: str
    words: str
    """Alternative text: what is to be seen, with its numbers."""


def plots(rows: Sequence[Row]) -> list[Plot]:
    """The figures that these rows of one comparison have something for."""
    drawn = (_tokens_per_pass(rows), _speed(rows), _acceptance(rows), _round_time(rows))
    return [
        replace(plot, svg=_with_own_names(plot.svg, f"{rows[0].comparison} {plot.title}"))
        for plot in drawn
        if plot is not None
    ]


def _tokens_per_pass(rows: Sequence[Row]) -> Plot | None:
    """Against the budget, a line for each kind of tree."""
    lines = _lines(rows, lambda row: row.all.tokens_per_pass)
    return _against_budget("Tokens per pass against the budget", "tokens per pass", lines, {})


def _speed(rows: Sequence[Row]) -> Plot | None:
    """Against the budget; methods without one are level lines."""
    level = {
        row.method.name: row.all.tokens_per_second.median
        for row in rows
        if row.method.name in ("off", "auto")
    }
    lines = _lines(rows, lambda row: row.all.tokens_per_second)
    return _against_budget("Speed against the budget", "tokens per second", lines, level)


def _acceptance(rows: Sequence[Row]) -> Plot | None:
    """By depth: the largest tree of each kind, the best chain."""
    shown = {name: row.acceptance for name, row in _largest(rows).items() if row.acceptance}
    if not shown:
        return None

    def draw(axes: Axes) -> None:
        for name, rates in shown.items():
            axes.plot(range(1, len(rates) + 1), rates, label=name, **_line_style(name))
        axes.set(xlabel="depth in the tree", ylabel="walks that go on", ylim=(0, 1.05))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    parts = (
        f"{name}: {', '.join(f'{rate:.0%} at depth {depth}' for depth, rate in _some(rates))}"
        for name, rates in shown.items()
    )
    return _plot("Acceptance by depth", draw, "; ".join(parts))


def _round_time(rows: Sequence[Row]) -> Plot | None:
    """Stacked bars: where an average round of each method spends its time."""
    shown = [row for row in rows if sum(_parts(row).values()) > 0]
    if not shown:
        return None

    def draw(axes: Axes) -> None:
        names = [method_name(row) for row in shown]
        left = [0.0] * len(shown)
        for part, colour in _PARTS.items():
            seconds = [_parts(row)[part] for row in shown]
            axes.barh(names, seconds, 0.7, left, label=part, color=colour)
            left = [start + more for start, more in zip(left, seconds, strict=True)]
        axes.invert_yaxis()
        axes.set(xlabel="seconds per round")

    words = "; ".join(f"{method_name(row)}: {_part_words(row)}" for row in shown)
    return _plot("Time per round", draw, words, height=1.2 + 0.32 * len(shown))


_Lines = dict[str, list[tuple[int, Spread]]]


def _lines(rows: Sequence[Row], value: Callable[[Row], Spread]) -> _Lines:
    """Points by budget, for each method that was measured with several."""
    lines: _Lines = {}
    for row in rows:
        if row.method.budget is not None and row.method.name in _MARKERS:
            lines.setdefault(row.method.name, []).append((row.method.budget, value(row)))
    return {name: sorted(points, key=lambda point: point[0]) for name, points in lines.items()}


def _against_budget(title: str, label: str, lines: _Lines, level: dict[str, float]) -> Plot | None:
    if not lines:
        return None

    def draw(axes: Axes) -> None:
        for name, points in lines.items():
            budgets = [budget for budget, _ in points]
            axes.plot(budgets, [s.median for _, s in points], label=name, **_line_style(name))
            low, high = zip(*(spread.quartiles for _, spread in points), strict=True)
            axes.fill_between(budgets, low, high, color=_SERIES[name], alpha=0.15, linewidth=0)
        for name, height in level.items():
            axes.axhline(height, label=name, color=_SERIES[name], linestyle=_DASHES[name])
        ticks = sorted({budget for points in lines.values() for budget, _ in points})
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, map(str, ticks), minor=False)
        axes.set(xlabel="budget: nodes of a tree, or tokens of a chain", ylabel=label)
        axes.set_ylim(bottom=0)

    words = [
        f"{name}: {', '.join(f'{spread.median:.2f} at {budget}' for budget, spread in points)}"
        for name, points in lines.items()
    ]
    words += [f"{name}: {height:.2f} throughout" for name, height in level.items()]
    return _plot(title, draw, f"{label}: {'; '.join(words)}")


def _largest(rows: Sequence[Row]) -> dict[str, Row]:
    """One row of each method: its largest budget, or the best chain."""
    largest: dict[str, Row] = {}
    for row in rows:
        name = row.method.name
        if name not in _MARKERS:
            continue
        before = largest.get(name)
        if before is None or row.is_best_chain or _beats(row, before):
            largest[name] = row
    return largest


def _beats(row: Row, before: Row) -> bool:
    return not before.is_best_chain and (row.method.budget or 0) > (before.method.budget or 0)


def _some(rates: Sequence[float]) -> list[tuple[int, float]]:
    """The depths 1, 2, 4, 8 ... as far as they go."""
    depths = (2**power for power in range(len(rates).bit_length()))
    return [(depth, rates[depth - 1]) for depth in depths if depth <= len(rates)]


def _parts(row: Row) -> dict[str, float]:
    return asdict(row.round_seconds)


def _part_words(row: Row) -> str:
    return ", ".join(f"{part} {seconds:.3f} s" for part, seconds in _parts(row).items())


def _line_style(name: str) -> dict[str, Any]:
    return {
        "color": _SERIES[name],
        "linestyle": _DASHES[name],
        "marker": _MARKERS[name],
        "markersize": 5,
    }


def _plot(title: str, draw: Callable[[Axes], None], words: str, *, height: float = 3.6) -> Plot:
    with rc_context(_STYLE):
        figure = Figure(figsize=(6.4, height), layout="constrained")
        axes = figure.subplots()
        axes.grid(linewidth=0.6)
        draw(axes)
        axes.legend(ncols=6, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return Plot(title, _themed(file.getvalue()), words)


def _themed(svg: str) -> str:
    """The `svg` element alone, without metadata, in the colours of the page."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg


def _with_own_names(svg: str, whole: str) -> str:
    """The names of elements made unique on a page of several figures."""
    name = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>p{name}-", svg)

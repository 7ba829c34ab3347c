"""Draws the picture of docs/benchmarks.md: `bench_picture.py build/bench.json OUT.svg [TITLE ...]`.

Side by side the figures of the report that a busy machine leaves as they are: no seconds are in
them. In the report's colours, light or dark as the reader's.
"""

import json
import re
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine.bench.plots import Plot, plots
from engine.bench.record import from_json
from engine.bench.statistics import rows
from engine.bench.whole_file import write_whole
from resources import resource_path

_FIGURES: Final = ("Tokens per pass against the budget", "Acceptance by depth")
_GAP: Final = 24


def main(source: str, out: str, *titles: str) -> None:
    """Draw the first comparison's figures; those with these titles, where some are named."""
    document = json.loads(Path(source).read_text(encoding="utf-8"))
    found = rows(from_json(run) for run in document["runs"])
    first = [row for row in found if row.comparison == found[0].comparison]
    shown = titles or _FIGURES
    write_whole(Path(out), picture([plot for plot in plots(first) if plot.title in shown]))


def picture(figures: list[Plot]) -> str:
    """One SVG that stands alone."""
    sizes = [_size(figure.svg) for figure in figures]
    width = sum(width for width, _ in sizes) + _GAP * (len(figures) - 1)
    height = max(height for _, height in sizes)
    placed, left = [], 0.0
    for figure, (own_width, _) in zip(figures, sizes, strict=True):
        inside = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", figure.svg)
        placed.append(f'<g transform="translate({left:g})">{inside}</g>')
        left += own_width + _GAP
    words = " ".join(f"{figure.title}. {figure.words}." for figure in figures)
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    lines = (
        f'<svg {spaces} viewBox="0 0 {width:g} {height:g}" role="img" style="color: var(--ink)">',
        f"<title>{words}</title>",
        f"<style>{_colours()} text {{ font-family: system-ui, sans-serif; }}</style>",
        '<rect width="100%" height="100%" style="fill: var(--paper)"/>',
        *placed,
        "</svg>\n",
    )
    return "\n".join(lines)


def _size(svg: str) -> tuple[float, float]:
    ((width, height),) = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return float(width), float(height)


def _colours() -> str:
    """The variables of the report's style sheet, for both."""
    style = resource_path("report.css").read_text(encoding="utf-8")
    return style[: style.index("body {")]


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The report: a page that opens anywhere, and holds nothing but text and plots of ours."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from engine.bench.html import report
from engine.bench.plots import plots
from engine.bench.record import BenchRun, DepthCounts, Method, Setup
from engine.bench.statistics import rows
from tests.engine.bench.records import STATS, bench_run

MACHINE: Final = {
    "system": "Linux",
    "processor": "<img src=x onerror=alert(1)>",
    "cores": 2,
    "memory_bytes": 24_000_000_000,
    "llama_cpp_python": "0.3.36",
    "devices": [],
}
METHODS: Final = [
    Method("off"),
    *(Method(name, size) for name in ("chain", "specinfer", "tree") for size in (8, 32)),
    Method("auto"),
]


class Page(HTMLParser):
    """The elements of a page, and whether each is closed where it should be."""

    VOID = frozenset({"meta"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def measured(setup: Setup | None = None) -> list[BenchRun]:
    return [
        bench_run(
            setup=setup or Setup("Big", "Small", "resident"),
            method=method,
            prompt=prompt,
            category=category,
            text="<script>alert(1)</script>",
            stats=replace(STATS, target_passes=6 // (1 + (method.budget or 0) // 8)),
            depths=DepthCounts((9, 9, 9), (6, 5, 2)),
        )
        for prompt, category in enumerate(["chat", "code"])
        for method in METHODS
    ]


@pytest.fixture(scope="module")
def text() -> str:
    return report(MACHINE, measured())


def test_the_page_is_well_formed_and_needs_nothing_else(text: str) -> None:
    page = Page(text)
    assert page.open == []
    names = {name for name, _ in page.elements}
    assert not names & {"script", "img", "iframe", "link", "object", "form", "input", "video"}
    attributes = [key for _, found in page.elements for key in found]
    assert not [key for key in attributes if key.startswith("on") or key == "src"]
    targets = [found[key] or "" for _, found in page.elements for key in found if "href" in key]
    assert {target for target in targets if not target.startswith("#")} == {
        "https://arxiv.org/abs/2406.02532"
    }
    assert re.findall(r"url\((?!#)", text) == []


def test_every_figure_says_in_words_what_it_shows(text: str) -> None:
    page = Page(text)
    labels = [found["aria-label"] for found in page.all("div") if found.get("role") == "img"]
    assert len(labels) == len(page.all("svg")) == len(page.all("figcaption")) == 4
    first = labels[0]
    assert first is not None
    assert first.startswith("Tokens per pass against the budget. tokens per pass: chain: 2.00 at 8")
    assert all(label and re.search(r"\d", label) for label in labels)


def test_colours_are_those_of_the_page_in_light_and_in_dark(text: str) -> None:
    svgs = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert re.findall(r"#[0-9a-f]{6}\b(?![-\"a-f0-9)])", svgs) == []
    used = set(re.findall(r"var\(--([a-z]+)\)", text))
    light, dark = text.split("prefers-color-scheme: dark")
    for name in used:
        assert f"--{name}: #" in light
        assert f"--{name}: #" in dark.split("</style>", maxsplit=1)[0]
    assert {"tree", "specinfer", "chain", "grid", "load"} <= used
    assert "currentColor" in svgs


def test_names_are_unique_on_the_page() -> None:
    streamed = Setup("Big", "Small", "streamed")
    page = Page(report(MACHINE, [*measured(), *measured(streamed)]))
    names = [found["id"] for _, found in page.elements if "id" in found]
    assert len(set(names)) == len(names) > 0
    used = [target[1:] for found in page.all("use") for target in [found["xlink:href"] or ""]]
    assert used
    assert set(used) <= set(names)
    assert len(page.all("svg")) == 8
    assert len(page.all("h2")) == 4


def test_what_comes_from_files_is_text() -> None:
    evil = Setup("<b>Big</b>", '"><script>x</script>', "resident & more")
    page = Page(report(MACHINE, measured(evil)))
    assert page.all("script") == page.all("b") == page.all("img") == []
    assert '<b>Big</b> with "><script>x</script>, resident & more, greedy' in page.text
    assert "<img src=x onerror=alert(1)>, 2 cores" in page.text


def test_the_papers_figures_stand_beside_ours_with_what_differs(text: str) -> None:
    page = Page(text)
    for part in ("up to 20", "4 to 6", "2 to 3", "up to 18.7", "ours, tree 8", "What differs"):
        assert part in page.text


def test_methods_without_a_budget_get_no_lines_against_it() -> None:
    plain = [bench_run(method=Method("off"), depths=DepthCounts((), ()))]
    assert [plot.title for plot in plots(rows(plain))] == ["Time per round"]
    assert Page(report(MACHINE, plain)).open == []


def test_the_same_runs_give_the_same_page(text: str) -> None:
    assert report(MACHINE, measured()) == text


def test_the_style_sheet_ships_with_the_resources() -> None:
    assert (Path(__file__).parents[3] / "resources/report.css").is_file()

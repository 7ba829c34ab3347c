"""The picture of a benchmark for the documents: one SVG that stands alone."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import bench_picture
from engine.bench.record import Method, to_json
from tests.engine.bench.records import bench_run

SVG = "{http://www.w3.org/2000/svg}"


def test_two_figures_stand_side_by_side_in_the_colours_of_the_report(tmp_path: Path) -> None:
    methods = [Method("off"), *(Method("tree", size) for size in (4, 16))]
    runs = [to_json(bench_run(method=method)) for method in methods]
    source, out = tmp_path / "bench.json", tmp_path / "bench.svg"
    source.write_text(json.dumps({"runs": runs}))
    bench_picture.main(str(source), str(out))
    picture = ET.fromstring(out.read_text(encoding="utf-8"))  # noqa: S314 - written just now
    figures = picture.findall(f"{SVG}svg")
    assert len(figures) == 2
    ends = [float(figure.attrib["x"]) + float(figure.attrib["width"]) for figure in figures]
    assert float(figures[1].attrib["x"]) > ends[0], "beside, not over each other"
    assert picture.attrib["viewBox"].split()[2] == f"{ends[1]:g}"
    title = picture.findtext(f"{SVG}title")
    assert title is not None
    assert "Tokens per pass against the budget" in title
    assert "tree: 3.00 at 4, 3.00 at 16" in title
    style = picture.findtext(f"{SVG}style")
    assert style is not None
    assert "prefers-color-scheme: dark" in style
    assert "--tree:" in style

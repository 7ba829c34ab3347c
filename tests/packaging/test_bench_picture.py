"""The picture of a benchmark for the documents: one SVG that stands alone."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import bench_picture
from engine.bench.record import DepthCounts, Method, to_json
from tests.engine.bench.records import bench_run

SVG = "{http://www.w3.org/2000/svg}"


def test_two_figures_stand_side_by_side_in_the_colours_of_the_report(tmp_path: Path) -> None:
    methods = [Method("off"), *(Method("tree", size) for size in (4, 16))]
    depths = DepthCounts((9, 9), (6, 5))
    runs = [to_json(bench_run(method=method, depths=depths)) for method in methods]
    source, out = tmp_path / "bench.json", tmp_path / "bench.svg"
    source.write_text(json.dumps({"runs": runs}))
    bench_picture.main(str(source), str(out))
    picture = ET.fromstring(out.read_text(encoding="utf-8"))  # noqa: S314 - written just now
    places = [float(g.attrib["transform"][10:-1]) for g in picture.findall(f"{SVG}g")]
    assert len(places) == 2
    assert 400 < places[1] < float(picture.attrib["viewBox"].split()[2]), "beside each other"
    title = picture.findtext(f"{SVG}title")
    assert title is not None
    assert "Tokens per pass against the budget" in title
    assert "tree: 3.00 at 4, 3.00 at 16" in title
    assert "Acceptance by depth" in title
    assert "second" not in title, "speeds are another machine's business"
    style = picture.findtext(f"{SVG}style")
    assert style is not None
    assert "prefers-color-scheme: dark" in style
    assert "--tree:" in style

"""Runs kept on the disk after each of them, and taken up again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.bench.record import BenchPrompt, Method
from engine.bench.results import Results, coordinates, question_identities
from engine.bench.whole_file import write_whole
from engine.config import ModelConfig, SelfDraft, SessionConfig, SpeculationConfig
from engine.errors import BadSetting, DiskTrouble
from tests.engine.bench.records import bench_run

MACHINE = {"processor": "abacus", "cores": 2}
MODELS = {"target": "Big", "draft": "Small"}
IDENTITIES = ["first", "second"]


def results(path: Path | None, **changes: Any) -> Results:  # noqa: ANN401 - any field
    return Results(
        **{
            "path": path,
            "machine": MACHINE,
            "models": MODELS,
            "identities": IDENTITIES,
            **changes,
        }
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.json"


def test_the_file_is_a_whole_benchmark_after_each_run(path: Path) -> None:
    some = results(path)
    for number, method in enumerate([Method("off"), Method("tree", 4)], start=1):
        some.add(bench_run(method=method))
        content = json.loads(path.read_text())
        assert content.keys() == {"machine", "models", "runs", "summary"}
        assert (content["machine"], content["models"]) == (MACHINE, MODELS)
        assert len(content["runs"]) == len(content["summary"]) == number
    assert content["runs"][1]["method"] == "tree 4"
    assert [row["method"] for row in content["summary"]] == ["off", "tree 4"]
    assert content["summary"][1]["times_plain"] == 1.0
    assert list(path.parent.iterdir()) == [path]


def test_without_a_file_runs_are_kept_in_memory() -> None:
    some = results(None)
    some.add(bench_run())
    assert some.runs == [bench_run()]
    with pytest.raises(BadSetting, match="nothing to resume"):
        some.resume()


def test_what_was_measured_needs_no_measuring_again(path: Path) -> None:
    before = results(path)
    warm_up, run, other = bench_run(warm_up=True), bench_run(), bench_run(prompt=1, repeat=2)
    for each in (warm_up, run, other):
        before.add(each)
    after = results(path)
    after.resume()
    assert after.runs == [warm_up, run, other]
    assert after.done == {coordinates(run), coordinates(other)}
    after.add(bench_run(prompt=1))
    assert len(json.loads(path.read_text())["runs"]) == 4


def test_a_file_that_is_not_there_yet_holds_nothing(path: Path) -> None:
    some = results(path)
    some.resume()
    assert (some.done, path.exists()) == (frozenset(), False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"machine": {"processor": "loom"}}, "on another machine or with another llama.cpp"),
        ({"identities": ["first"]}, "with other prompts, models or settings"),
        ({"identities": ["first", "changed"]}, "with other prompts, models or settings"),
    ],
)
def test_runs_of_something_else_are_not_resumed(
    path: Path, changes: dict[str, Any], sentence: str
) -> None:
    results(path).add(bench_run(prompt=1))
    some = results(path, **changes)
    with pytest.raises(BadSetting, match=sentence) as caught:
        some.resume()
    assert caught.value.hint == "Leave --resume out to replace it, or name another file."
    assert some.measured == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"machine": {}, "runs": 1}',
        '{"machine": {}, "runs": [1]}',
        '{"machine": {}, "runs": [{"mode": "off"}]}',
        "[" * 100_000,
    ],
)
def test_a_file_of_anything_else_is_said_to_be_none(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(BadSetting, match="holds no benchmark of this version"):
        results(path).resume()


def test_a_run_without_its_identity_is_of_another_version(path: Path) -> None:
    results(path).add(bench_run())
    content = json.loads(path.read_text())
    del content["runs"][0]["identity"]
    path.write_text(json.dumps(content))
    with pytest.raises(BadSetting, match="holds no benchmark of this version"):
        results(path).resume()


def test_a_disk_that_refuses_leaves_the_former_file(tmp_path: Path) -> None:
    some = results(tmp_path / "missing/out.json")
    with pytest.raises(DiskTrouble, match=r"out\.json cannot be written"):
        some.add(bench_run())
    assert some.runs == [bench_run()]


def test_a_file_is_replaced_where_a_link_leads(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("before")
    link.symlink_to(real)
    write_whole(link, "after")
    assert (link.is_symlink(), real.read_text()) == (True, "after")


def test_what_is_no_file_is_never_replaced() -> None:
    null = Path("/dev/null")
    write_whole(null, "text")
    assert null.is_char_device()


def test_questions_are_known_by_their_text_their_models_and_how_these_are_held(
    tmp_path: Path,
) -> None:
    model, copy, other = (tmp_path / name for name in ("a.gguf", "b.gguf", "c.gguf"))
    for path, content in ((model, "weights"), (copy, "weights"), (other, "others")):
        path.write_text(content)
    config = SessionConfig(target=ModelConfig(path=model), draft=ModelConfig(path=other))

    def identities(changed: SessionConfig) -> list[str]:
        return question_identities([BenchPrompt("One?"), BenchPrompt("Two?", "chat")], [changed])

    known = identities(config)
    assert len(set(known)) == 2
    same = replace(config, target=ModelConfig(path=copy), speculation=SpeculationConfig(budget=3))
    assert identities(same) == known
    for changed in (
        replace(config, target=ModelConfig(path=other)),
        replace(config, draft=None),
        replace(config, draft=SelfDraft()),
        replace(config, context_length=512),
        replace(config, threads=1),
    ):
        assert not set(identities(changed)) & set(known)

"""The record of a run survives JSON, and nothing else passes for one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bench.decode import NotThis
from engine.bench.record import (
    BenchRun,
    DepthCounts,
    Method,
    Resources,
    RoundCounts,
    Setup,
    from_json,
    to_json,
)
from engine.config import SamplingConfig
from engine.events import FinishReason
from tests.engine.bench.records import bench_run

counts = st.lists(st.integers(0, 600), max_size=5).map(tuple)
seconds = st.floats(0, 1e9)
runs = st.builds(
    bench_run,
    setup=st.builds(Setup, st.text(), st.none() | st.text(), st.text()),
    method=st.builds(Method, st.text(), st.none() | st.integers(1, 600)),
    sampling=st.builds(
        SamplingConfig,
        temperature=st.floats(0, 2),
        seed=st.none() | st.integers(0, 9),
        stop=st.lists(st.text(min_size=1)).map(tuple),
    ),
    prompt=st.integers(0, 99),
    repeat=st.integers(0, 9),
    warm_up=st.booleans(),
    text=st.text(),
    finish=st.sampled_from(FinishReason),
    rounds=st.builds(RoundCounts, counts, counts, counts),
    depths=st.builds(DepthCounts, counts, counts),
    resources=st.builds(Resources, st.integers(0), st.none() | st.integers(0), st.none() | seconds),
)


@given(run=runs)
def test_a_run_survives_json(run: BenchRun) -> None:
    assert from_json(json.loads(json.dumps(to_json(run)))) == run


def test_the_json_has_the_contracts_fields_at_the_top() -> None:
    data = to_json(bench_run(method=Method("tree", 64)))
    assert (data["method"], data["mode"], data["budget"]) == ("tree 64", "tree", 64)
    assert data["tokens_per_pass"] == data["tokens"] / data["target_passes"]
    assert "stats" not in data


@pytest.mark.parametrize(
    "change",
    [
        {"tokens": "6"},
        {"tokens": True},
        {"draft_seconds": float("nan")},
        {"draft_seconds": None},
        {"finish": "later"},
        {"setup": None},
        {"setup": {"target": "Big"}},
        {"rounds": {"nodes": 3, "leaves": [], "accepted": []}},
        {"sampling": {"temperature": -1}},
        {"mode": None},
        {"budget": "many"},
        {"warm_up": 0},
    ],
)
def test_another_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NotThis):
        from_json({**to_json(bench_run()), **change})


@pytest.mark.parametrize("data", [None, [], "run", {}])
def test_what_is_no_run_at_all_is_refused(data: object) -> None:
    with pytest.raises(NotThis):
        from_json(data)


def test_labels_name_method_and_prompt() -> None:
    run = bench_run(method=Method("chain", 8), prompt=2)
    assert run.label == "chain 8, prompt 3"
    assert replace(run, method=Method("off")).label == "off, prompt 3"
    sampled = replace(run, sampling=SamplingConfig(temperature=0.6))
    assert sampled.label == "chain 8, prompt 3, temperature 0.6"

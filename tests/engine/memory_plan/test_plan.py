"""What a plan says: verdict, bars, speed, changes and sentences."""

from dataclasses import replace

import pytest

from engine.config import KvType
from engine.latency import CostCurve
from engine.memory_plan.decide import PlanRequest
from engine.memory_plan.machine_facts import RAM, Held, MachineFacts
from engine.memory_plan.make_plan import make_plan
from engine.memory_plan.model_facts import ModelFacts, requantized
from engine.memory_plan.speed import KnownCosts
from engine.memory_plan.values import ChangeKind, MemoryPlan, Part, Verdict
from tests.engine.memory_plan.made_up import GB, MB, machine, model, request

DRAFT = model(layers=4, attention=10 * MB, feed_forward=30 * MB, embedding=20 * MB, output=20 * MB)
BIG = model(layers=40)


def eight_bit() -> ModelFacts:
    """`BIG` in twice the bytes."""
    facts = model(layers=40, attention=40 * MB, feed_forward=160 * MB)
    return replace(facts, layer_elements=facts.layer_elements // 2)


def plan(asked: PlanRequest, there: MachineFacts) -> MemoryPlan:
    return make_plan(asked, there)


@pytest.mark.parametrize(
    ("there", "verdict", "beginning"),
    [
        (machine(8 * GB), Verdict.RESIDENT, "Fits in memory: "),
        (machine(8 * GB, 6 * GB), Verdict.RESIDENT, "Fits on the GPU: all layers on GPU0."),
        (
            machine(8 * GB, GB),
            Verdict.OFFLOADED,
            "Offloaded to RAM: 6 of 41 layers on GPU0, 3.9 GB in RAM.",
        ),
        (machine(2 * GB), Verdict.STREAMED, "Streamed from the disk: each pass reads 4.2 GB."),
        (
            machine(2 * GB, GB),
            Verdict.STREAMED,
            "Streamed from the disk: each pass reads 3.6 GB; 6 ",
        ),
        (
            machine(300 * MB),
            Verdict.IMPOSSIBLE,
            "Will not run: 580.8 MB are needed in RAM, and 285.0 MB can be used of 300.0 MB free.",
        ),
    ],
)
def test_the_verdict_in_words(there: MachineFacts, verdict: Verdict, beginning: str) -> None:
    made = plan(request(BIG, DRAFT), there)
    assert made.verdict is verdict
    assert made.summary.startswith(beginning), made.summary
    assert made.fits == (verdict is not Verdict.IMPOSSIBLE)
    assert bool(made.shortage) == (verdict is Verdict.IMPOSSIBLE)


def test_the_bars_add_up() -> None:
    made = plan(request(BIG, DRAFT), machine(8 * GB, GB))
    assert [device.name for device in made.devices] == ["GPU0", RAM]
    for device in made.devices:
        assert [segment.part for segment in device.segments] == list(Part)
        assert device.used + device.left == device.free
        assert device.left > 0
    assert made.held == Held({device.name: device.used for device in made.devices})


def test_what_the_loaded_pair_frees_counts_as_free() -> None:
    loaded = plan(request(model()), machine(2 * GB))
    now = machine(2 * GB - loaded.ram.used)
    assert plan(request(model()), now).verdict is Verdict.STREAMED
    assert plan(request(model()), now.after_freeing(loaded.held)).verdict is Verdict.RESIDENT


def test_a_streamed_pair_is_as_fast_as_its_disk() -> None:
    slow = plan(request(BIG), machine(GB, disk_speed=420e6))
    assert slow.speed.plain == pytest.approx(0.1, rel=0.05)
    assert not slow.speed.measured
    assert "an estimate" in slow.expectation
    drafted = plan(request(BIG, DRAFT), machine(GB, disk_speed=420e6))
    assert drafted.speed.tokens_per_second > 3 * drafted.speed.plain


def test_measured_costs_come_before_bandwidths() -> None:
    known = KnownCosts(
        CostCurve([(1, 0.5), (65, 0.6)]), CostCurve([(1, 0.01), (32, 0.02)]), (1.0, 1.0)
    )
    made = make_plan(request(BIG, DRAFT), machine(8 * GB), known)
    assert made.speed.measured
    assert made.speed.plain == pytest.approx(2.0)
    assert made.speed.tokens_per_second == pytest.approx(5.4 / 0.6, rel=0.1)
    assert made.expectation == "About 8.2 tokens/s, as measured here."


def test_a_resident_pair_needs_no_change() -> None:
    assert plan(request(model(), DRAFT), machine(8 * GB)).changes == ()


def test_changes_name_what_helps_most_and_what_it_gives() -> None:
    made = plan(request(replace(BIG, trained_context=131_072), context=32_768), machine(5_700 * MB))
    assert made.verdict is Verdict.STREAMED
    assert 0 < len(made.changes) <= 3
    assert len({change.kind for change in made.changes}) == len(made.changes)
    ranks = [change.verdict.rank for change in made.changes]
    assert ranks == sorted(ranks, reverse=True)
    for change in made.changes:
        assert (
            change.verdict.rank > made.verdict.rank
            or change.speed.tokens_per_second > 1.1 * made.speed.tokens_per_second
        )
        assert change.sentence.startswith("With")
    kinds = {change.kind: change for change in made.changes}
    assert kinds[ChangeKind.KV_TYPE].value == str(KvType.Q8_0)
    assert kinds[ChangeKind.KV_TYPE].verdict is Verdict.RESIDENT


def test_the_mildest_quantization_that_fits_is_named() -> None:
    made = plan(request(eight_bit()), machine(8 * GB))
    change = next(c for c in made.changes if c.kind is ChangeKind.QUANTIZATION)
    assert (change.value, change.verdict) == ("Q6_K", Verdict.RESIDENT)


def test_without_a_draft_where_only_that_runs() -> None:
    draft = model(layers=4)
    made = plan(request(BIG, draft), machine(700 * MB))
    assert made.verdict is Verdict.IMPOSSIBLE
    assert made.expectation == ""
    assert ("none", Verdict.STREAMED) in [(c.value, c.verdict) for c in made.changes]
    assert made.advice == made.changes[0].sentence


def test_where_nothing_helps_it_says_what_to_choose() -> None:
    made = plan(request(BIG), machine(10 * MB))
    assert made.changes == ()
    assert made.advice == "Choose a smaller model or a shorter context."


def test_another_quantization_has_its_bits() -> None:
    facts = requantized(model(), "Q8_0")
    assert sum(layer.weights for layer in facts.layers) == pytest.approx(GB * 8.5 / 4, rel=0.001)
    assert facts.layers[0].key_width == 256


def test_what_was_measured_corrects_what_changes_promise() -> None:
    """A pair far slower than estimated: so is every change of it, and none appears for that."""
    asked, there = request(eight_bit(), DRAFT), machine(2 * GB)
    estimated = make_plan(asked, there)
    slow = KnownCosts(CostCurve([(1, 1e3), (65, 1e3)]), CostCurve(), None)
    measured = make_plan(asked, there, slow)
    assert measured.changes
    assert [c.value for c in measured.changes] == [c.value for c in estimated.changes]
    factor = measured.speed.tokens_per_second / estimated.speed.tokens_per_second
    for before, after in zip(estimated.changes, measured.changes, strict=True):
        expected = factor * before.speed.tokens_per_second
        assert after.speed.tokens_per_second == pytest.approx(expected)


def test_a_worker_is_no_gpu() -> None:
    there = machine(8 * GB, 6 * GB)
    worker = replace(there.devices[0], name="RPC0", copies_weights=False)
    made = plan(request(BIG), replace(there, devices=(worker,)))
    assert made.summary == "Fits on the worker: all layers on RPC0."

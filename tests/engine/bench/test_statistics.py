"""Statistics on runs that no model made, with answers known beforehand."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bench.record import BenchRun, DepthCounts, Method, Setup
from engine.bench.statistics import Row, Spread, acceptance_by_depth, rows
from engine.config import SamplingConfig
from engine.events import TurnStats
from tests.engine.bench.records import STATS, bench_run

OFF, TREE = Method("off"), Method("tree", 16)


def stats(speed: float, *, tokens: int = 12, passes: int = 12) -> TurnStats:
    """A reply at `speed`: a quarter of its time drafting, a quarter elsewhere."""
    seconds = tokens / speed
    return replace(
        STATS,
        tokens=tokens,
        target_passes=passes,
        draft_seconds=seconds / 4,
        target_seconds=seconds / 2,
        other_seconds=seconds / 4,
    )


def run(method: Method, prompt: int, speed: float, **changes: object) -> BenchRun:
    return bench_run(**{"method": method, "prompt": prompt, "stats": stats(speed), **changes})


def row(runs: list[BenchRun], method: Method) -> Row:
    (found,) = (each for each in rows(runs) if each.method == method)
    return found


def test_the_median_and_the_spread() -> None:
    assert Spread.of([5, 1, 3, 2, 4]) == Spread(5, 3, (2, 4), 1, 5)
    assert Spread.of([7]) == Spread(1, 7, (7, 7), 7, 7)
    assert Spread.of([]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_a_spread_is_in_order(values: list[float]) -> None:
    spread = Spread.of(values)
    assert spread is not None
    ordered = [spread.least, spread.quartiles[0], spread.median, spread.quartiles[1], spread.most]
    assert all(low <= high + 1e-6 for low, high in pairwise(ordered))


def test_ratios_are_against_off_of_the_same_prompt_and_repeat() -> None:
    # A machine that slows down: speeds fall tenfold, the ratio stays.
    runs = [
        run(method, prompt, speed * slow, repeat=repeat)
        for prompt, repeat, slow in [(0, 0, 1.0), (1, 0, 0.5), (0, 1, 0.1)]
        for method, speed in [(OFF, 10.0), (TREE, 30.0)]
    ]
    tree = row(runs, TREE).all
    assert tree.times_plain is not None
    assert tree.times_plain.count == 3
    assert tree.times_plain.median == pytest.approx(3)
    assert tree.tokens_per_second.median == pytest.approx(15)
    plain = row(runs, OFF).all.times_plain
    assert plain is not None
    assert (plain.least, plain.most) == (1, 1)


def test_ratios_never_cross_samplers_or_setups() -> None:
    warm = SamplingConfig(temperature=0.6, top_p=0.9)
    streamed = Setup("Big", "Small", "streamed")
    runs = [run(OFF, 0, 10), run(TREE, 0, 30, sampling=warm), run(TREE, 0, 40, setup=streamed)]
    assert [each.all.times_plain for each in rows(runs)][1:] == [None, None]
    assert len(rows(runs)) == 3


def test_without_off_there_are_no_ratios() -> None:
    only = row([run(TREE, 0, 30)], TREE)
    assert only.all.times_plain is None


def test_warm_up_is_apart() -> None:
    runs = [run(OFF, 0, 1, warm_up=True), run(OFF, 0, 10)]
    assert row(runs, OFF).all.tokens_per_second == Spread(1, 10, (10, 10), 10, 10)
    assert rows(runs[:1]) == []


def test_figures_per_category_and_per_prompt() -> None:
    runs = [
        run(TREE, 0, 10, category="chat"),
        run(TREE, 1, 20, category="chat"),
        run(TREE, 2, 90, category="code"),
        run(TREE, 2, 70, category="code", repeat=1),
    ]
    tree = row(runs, TREE)
    medians = {name: part.tokens_per_second.median for name, part in tree.categories.items()}
    assert medians == {"chat": 15, "code": 80}
    assert {number: part.runs for number, part in tree.prompts.items()} == {0: 1, 1: 1, 2: 2}


def test_shares_of_the_time() -> None:
    figures = row([run(TREE, 0, 10), run(TREE, 1, 40)], TREE).all
    shares = (figures.draft_share, figures.target_share, figures.other_share)
    assert shares == pytest.approx((0.25, 0.5, 0.25))


def test_what_the_target_does_not_wait_it_computes() -> None:
    # 12 passes in 4.8 s and 12 in 1.2 s: half of it the target's, and 1.5 s of that waiting.
    runs = [run(TREE, 0, 2.5, waiting_seconds=1.5), run(TREE, 1, 10)]
    found = row(runs, TREE).round_seconds
    parts = (found.draft, found.load, found.compute, found.other)
    assert parts == pytest.approx((1.5 / 24, 1.5 / 24, 1.5 / 24, 1.5 / 24))
    assert sum(parts) == pytest.approx(6 / 24)


def test_waiting_by_another_clock_never_makes_computing_negative() -> None:
    found = row([run(TREE, 0, 10, waiting_seconds=9)], TREE).round_seconds
    assert (found.load, found.compute) == (0.75, 0)


def test_acceptance_by_depth_is_pooled_over_the_rounds() -> None:
    # 20 rounds: 16 + 0 of them went to depth 1, 8 to depth 2, 2 to depth 3.
    runs = [
        run(TREE, 0, 1, stats=stats(1, passes=16), depths=DepthCounts((16, 16, 9), (16, 8, 2))),
        run(TREE, 1, 1, stats=stats(1, passes=4), depths=DepthCounts((4,), (0,))),
    ]
    assert acceptance_by_depth(runs) == (0.8, 0.5, 0.25)
    assert row(runs, TREE).acceptance == (0.8, 0.5, 0.25)


def test_below_a_depth_that_few_walks_reached_there_is_no_acceptance() -> None:
    runs = [run(TREE, 0, 1, depths=DepthCounts((12, 9, 7), (5, 4, 4)))]
    assert acceptance_by_depth(runs) == (5 / 12, 4 / 5)
    assert acceptance_by_depth([run(OFF, 0, 1, depths=DepthCounts((), ()))]) == ()


def test_the_fastest_of_the_chains_is_marked() -> None:
    lengths = [Method("chain", length) for length in (3, 8, 16)]
    speeds = (20.0, 30.0, 10.0)
    runs = [run(method, 0, speed) for method, speed in zip(lengths, speeds, strict=True)]
    assert [each.is_best_chain for each in rows([*runs, run(TREE, 0, 99)])] == [
        False, True, False, False,
    ]  # fmt: skip
    assert not row(runs[:1], lengths[0]).is_best_chain


def test_rows_come_in_the_order_of_the_plan() -> None:
    runs = [run(method, prompt, 1) for prompt in (0, 1) for method in (OFF, Method("auto"), TREE)]
    assert [each.method.label for each in rows(runs)] == ["off", "auto", "tree 16"]

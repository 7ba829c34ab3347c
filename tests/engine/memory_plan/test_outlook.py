"""What the catalogue's pairs will do on machines of several sizes."""

import pytest

from engine.library.catalogue import load_catalogue
from engine.memory_plan.machine_facts import DeviceFacts, MachineFacts
from engine.memory_plan.outlook import outlook, worth_offering
from engine.memory_plan.values import Verdict

GB = 10**9
PAIRS = load_catalogue().pairs
LAPTOP = MachineFacts(ram=12 * GB)
DESKTOP = MachineFacts(ram=28 * GB, devices=(DeviceFacts("CUDA0", "a card of 16 GB", 15 * GB),))
TINY = MachineFacts(ram=1 * GB)


def named(target: str) -> int:
    return next(index for index, pair in enumerate(PAIRS) if pair.target.id == target)


def test_a_card_that_holds_the_pair_holds_it() -> None:
    assert outlook(PAIRS[named("qwen3-14b")], DESKTOP).verdict is Verdict.RESIDENT


def test_what_a_card_does_not_hold_is_shared_with_memory() -> None:
    assert outlook(PAIRS[named("qwen3-32b")], DESKTOP).verdict is Verdict.OFFLOADED


def test_what_memory_does_not_hold_comes_from_the_disk_and_a_tree_pays_there() -> None:
    found = outlook(PAIRS[named("llama-3.1-70b")], DESKTOP)
    assert found.verdict is Verdict.STREAMED
    assert found.speed.tokens_per_second > 2 * found.speed.plain


def test_speeds_are_estimates() -> None:
    assert not any(outlook(pair, DESKTOP).speed.measured for pair in PAIRS)


def test_downloads_are_as_large_as_both_files() -> None:
    found = outlook(PAIRS[named("qwen3-14b")], DESKTOP)
    assert found.is_size_known
    assert found.download_bytes == pytest.approx(9.64 * GB)


def test_a_size_that_nobody_states_follows_from_the_parameters() -> None:
    found = outlook(PAIRS[named("gemma-3-27b")], DESKTOP)
    assert not found.is_size_known
    assert 16 * GB < found.download_bytes < 22 * GB


def test_each_way_to_run_is_offered_the_small_first() -> None:
    offered = worth_offering(PAIRS, DESKTOP)
    verdicts = [one.verdict for one in offered]
    assert verdicts == [Verdict.RESIDENT, Verdict.OFFLOADED, Verdict.STREAMED]
    sizes = [one.pair.target.parameters for one in offered]
    assert sizes == sorted(sizes)


def test_three_are_offered_where_there_are_fewer_ways() -> None:
    offered = worth_offering(PAIRS, LAPTOP)
    assert len(offered) == 3
    assert {Verdict.RESIDENT, Verdict.STREAMED} == {one.verdict for one in offered}


def test_what_cannot_run_is_not_offered() -> None:
    offered = worth_offering(PAIRS, TINY)
    assert all(one.verdict is not Verdict.IMPOSSIBLE for one in offered)

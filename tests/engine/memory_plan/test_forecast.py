"""A guess of the speed before anything is downloaded: from sizes and bandwidths alone."""

import pytest

from engine.memory_plan.forecast import Size, pair_speed, plain_speed, size_of
from engine.memory_plan.machine_facts import DeviceFacts, MachineFacts

GB = 10**9
PLAIN = MachineFacts(32 * GB, ram_bandwidth=40e9, disk_speed=1e9)
CARD = DeviceFacts("CUDA0", "a card", 8 * GB, bandwidth=400e9)


def test_each_place_is_read_at_its_own_speed() -> None:
    assert plain_speed(10 * GB, PLAIN) == pytest.approx(40e9 * 0.75 / 10e9)
    card = MachineFacts(32 * GB, (CARD,), ram_bandwidth=40e9, disk_speed=1e9)
    assert plain_speed(4 * GB, card) == pytest.approx(100)
    on_card = 0.85 * 8e9
    seconds = on_card / 400e9 + (20e9 - on_card) / 30e9
    assert plain_speed(20 * GB, card) == pytest.approx(1 / seconds)
    assert plain_speed(100 * GB, PLAIN) == pytest.approx(0.01)


def test_experts_that_rest_are_not_read() -> None:
    assert plain_speed(20 * GB, PLAIN, touched=0.1) == pytest.approx(15)


def test_memory_that_a_device_shares_counts_once() -> None:
    shared = DeviceFacts("MTL0", "the chip", 30 * GB, shares_ram=True)
    machine = MachineFacts(32 * GB, (shared,), ram_bandwidth=40e9, disk_speed=1e9)
    assert plain_speed(60 * GB, machine) == plain_speed(60 * GB, PLAIN)


def test_a_draft_helps_most_where_the_target_is_streamed() -> None:
    target, draft = size_of(70 * 10**9, "Q4_K_M", None), Size(GB, 10**9)
    assert target.weights == pytest.approx(42.4e9, rel=0.01)
    streamed = pair_speed(target, draft, PLAIN)
    assert streamed.tokens_per_second > 3 * streamed.plain
    assert not streamed.measured
    resident = pair_speed(Size(8 * GB, 13 * 10**9), draft, PLAIN)
    assert resident.tokens_per_second == resident.plain, "and never less than plain"
    assert pair_speed(target, None, PLAIN).tokens_per_second == streamed.plain


def test_an_unknown_quantization_counts_as_a_common_one() -> None:
    assert size_of(8 * 10**9, "IQ9_ODD", None) == size_of(8 * 10**9, "Q4_K_M", None)
    assert size_of(8 * 10**9, "Q8_0", 5).weights == 5

"""Where the parts of a pair go: properties that hold anywhere, then the cases people have."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import KvType, Placement
from engine.memory_plan.decide import decide, layout_for
from engine.memory_plan.layout import budget_of
from engine.memory_plan.machine_facts import RAM, DeviceFacts, MachineFacts
from engine.memory_plan.values import Verdict
from tests.engine.memory_plan.made_up import GB, MB, machine, model, request

DRAFT = model(layers=4, attention=10 * MB, feed_forward=30 * MB, embedding=20 * MB, output=20 * MB)
HELPER = model(layers=2, attention=5 * MB, feed_forward=10 * MB, embedding=9 * MB, output=9 * MB)
SIZES = st.integers(0, 3 * GB)


@given(
    ram=SIZES,
    gpus=st.lists(SIZES, max_size=3),
    with_draft=st.booleans(),
    with_helper=st.booleans(),
    experts=st.sampled_from([0, 200 * MB]),
    tied=st.booleans(),
    shares_ram=st.booleans(),
    kv_type=st.sampled_from(KvType),
)
def test_anywhere_a_layout_is_whole_and_says_truly_whether_it_fits(
    *,
    ram: int,
    gpus: list[int],
    with_draft: bool,
    with_helper: bool,
    experts: int,
    tied: bool,
    shares_ram: bool,
    kv_type: KvType,
) -> None:
    target = model(experts=experts, tied=tied)
    draft, helper = (DRAFT if with_draft else None), (HELPER if with_helper else None)
    asked = request(target, draft, helper=helper, kv_type=kv_type)
    there = machine(ram, *gpus, shares_ram=shares_ram)
    decision = decide(asked, there)
    layout = decision.layout
    # Every weight is somewhere, once; a tied output on a device is a copy.
    placed = layout.target
    weights = sum(use.weights for use in placed.needs.on(placed.split).values())
    copied = target.embedding if tied and placed.split.on_devices else 0
    assert weights == target.weights + copied
    assert placed.placement.gpu_layers == sum(placed.placement.layers_per_device)
    # Within every budget, or not at all.
    within = all(
        layout.used(device.name) <= budget_of(device.free, device.name) for device in there.devices
    ) and layout.used(RAM) <= budget_of(ram, RAM)
    assert within or decision.verdict is Verdict.IMPOSSIBLE
    if shares_ram:
        total = layout.used(RAM) + sum(layout.used(device.name) for device in there.devices)
        assert total <= budget_of(ram, RAM) or decision.verdict is Verdict.IMPOSSIBLE
    # What streams the target keeps the draft, and its helper.
    assert len(layout.guessing) == with_draft + with_helper
    for guessing in layout.guessing if placed.streamed else ():
        assert guessing.placement.in_memory == (guessing.uses[RAM].weights > 0)


@given(ram=SIZES, more=SIZES, gpu=SIZES)
def test_more_memory_is_never_worse(ram: int, more: int, gpu: int) -> None:
    asked = request(model(), DRAFT)
    less = decide(asked, machine(ram, gpu)).verdict
    assert decide(asked, machine(ram + more, gpu)).verdict.rank >= less.rank


def test_the_draft_goes_first_then_the_last_layers() -> None:
    layout = layout_for(request(model(), DRAFT), machine(8 * GB, GB))
    assert layout.draft is not None
    assert layout.draft.placement.layers_per_device == (5,)
    (layers,) = layout.target.placement.layers_per_device
    assert 0 < layers < 11
    places = layout.target.split.places(10)
    assert places[: 11 - layers] == [None] * (11 - layers)
    assert not layout.target.streamed


def test_a_helper_goes_where_the_draft_goes_and_takes_its_room() -> None:
    alone = layout_for(request(model(), DRAFT), machine(8 * GB, GB))
    helped = layout_for(request(model(), DRAFT, helper=HELPER), machine(8 * GB, GB))
    assert helped.helper is not None
    assert helped.helper.placement.devices == ("GPU0",)
    assert helped.helper.placement.layers_per_device == (3,)
    assert helped.target.placement.layers_per_device < alone.target.placement.layers_per_device
    assert helped.used("GPU0") <= budget_of(GB, "GPU0")


ON_CPU, ON_GPU0, ON_GPU1 = (Placement(devices=names) for names in ((), ("GPU0",), ("GPU1",)))
MOST_ON_GPU0 = Placement(devices=("GPU0",), gpu_layers=9)


@pytest.mark.parametrize(
    ("target_on", "draft_on", "beside"),
    [
        (ON_CPU, ON_CPU, False),
        (ON_CPU, ON_GPU0, True),
        (ON_GPU0, ON_CPU, True),
        (ON_GPU0, ON_GPU0, False),
        (ON_GPU0, ON_GPU1, True),
        (MOST_ON_GPU0, ON_GPU0, False),
        (MOST_ON_GPU0, ON_CPU, False),
        (MOST_ON_GPU0, ON_GPU1, True),
    ],
)
def test_a_draft_works_beside_a_target_with_which_it_shares_no_processor(
    target_on: Placement, draft_on: Placement, beside: bool
) -> None:
    asked = request(model(), DRAFT, target_on=target_on, draft_on=draft_on)
    assert layout_for(asked, machine(8 * GB, 4 * GB, 4 * GB)).drafts_beside is beside
    helped = request(model(), DRAFT, helper=HELPER, target_on=target_on, draft_on=draft_on)
    on_cpu = replace(helped, helper_placement=ON_CPU)
    shared = "RAM" in layout_for(on_cpu, machine(8 * GB, 4 * GB, 4 * GB)).target.processors
    layout = layout_for(on_cpu, machine(8 * GB, 4 * GB, 4 * GB))
    assert layout.drafts_beside is (beside and not shared), "the helper drafts too"


def test_a_draft_works_beside_a_streamed_target_and_none_beside_nothing() -> None:
    there = machine(900 * MB)
    assert layout_for(request(model(), DRAFT), there).target.streamed
    assert layout_for(request(model(), DRAFT), there).drafts_beside
    assert not layout_for(request(model()), there).drafts_beside
    everything = machine(8 * GB, 4 * GB)
    assert not layout_for(request(model()), everything).drafts_beside


def test_experts_in_ram_keep_the_processor_of_the_machine_busy() -> None:
    experts = model(experts=50 * MB)
    on_gpu = Placement(devices=("GPU0",), gpu_layers=11, cpu_experts=2)
    there = machine(8 * GB, 8 * GB, 4 * GB)
    split = layout_for(request(experts, DRAFT, target_on=on_gpu, draft_on=ON_CPU), there)
    assert split.target.processors == {"GPU0", "RAM"}
    assert not split.drafts_beside


def test_two_devices_of_one_worker_are_one_processor() -> None:
    """A worker serves one connection; two threads must not talk over it."""
    there = machine(8 * GB)
    workers = tuple(DeviceFacts(f"RPC{n}", "10.0.0.2:50052", 4 * GB) for n in range(2))
    asked = request(
        model(),
        DRAFT,
        target_on=Placement(devices=("RPC0",)),
        draft_on=Placement(devices=("RPC1",)),
    )
    assert not layout_for(asked, replace(there, devices=workers)).drafts_beside
    apart = (workers[0], replace(workers[1], description="10.0.0.3:50052"))
    assert layout_for(asked, replace(there, devices=apart)).drafts_beside


def test_a_gpu_that_takes_all_leaves_the_embedding_in_ram() -> None:
    decision = decide(request(model()), machine(8 * GB, 3 * GB))
    assert decision.verdict is Verdict.RESIDENT
    assert decision.layout.target.uses[RAM].weights == 100 * MB
    assert decision.layout.target.placement.gpu_layers == 11


def test_devices_are_filled_in_turn_with_neighbouring_layers() -> None:
    layout = layout_for(request(model()), machine(8 * GB, 600 * MB, 2 * GB))
    first, second = layout.target.placement.layers_per_device
    assert layout.target.placement.devices == ("GPU0", "GPU1")
    assert first + second == 11
    names = [place.name for place in layout.target.split.places(10) if place]
    assert names == ["GPU0"] * first + ["GPU1"] * second


def test_experts_leave_the_device_before_anything_else() -> None:
    decision = decide(request(model(experts=300 * MB)), machine(8 * GB, 3 * GB))
    placement = decision.layout.target.placement
    assert decision.verdict is Verdict.OFFLOADED
    assert placement.gpu_layers == 11
    assert 0 < placement.cpu_experts < 10


def test_what_no_memory_takes_is_streamed_and_the_draft_kept() -> None:
    decision = decide(request(model(), DRAFT), machine(900 * MB))
    layout = decision.layout
    assert decision.verdict is Verdict.STREAMED
    assert layout.target.uses[RAM].weights == 0
    assert layout.draft is not None
    assert layout.draft.placement.in_memory
    assert layout.draft.uses[RAM].weights == DRAFT.weights


def test_too_little_even_for_streaming_says_how_much() -> None:
    decision = decide(request(model(), DRAFT), machine(300 * MB))
    assert decision.verdict is Verdict.IMPOSSIBLE
    working = 100 * MB
    needed = decision.layout.used(RAM) + working
    assert decision.layout.overflow == {RAM: needed - 285 * MB}


def test_a_device_that_shares_the_ram_does_not_make_it_larger() -> None:
    layout = layout_for(request(model()), machine(GB, GB, shares_ram=True))
    assert layout.target.streamed
    # Weights on the device could not be streamed: none are there.
    assert layout.target.placement.devices == ()


def test_what_was_asked_for_is_done_though_it_does_not_fit() -> None:
    asked = request(model(), target_on=Placement(devices=("GPU0",), gpu_layers=8))
    decision = decide(asked, machine(8 * GB, 500 * MB))
    assert decision.verdict is Verdict.IMPOSSIBLE
    assert decision.layout.target.placement.gpu_layers == 8
    assert set(decision.layout.overflow) == {"GPU0"}


def test_the_cpu_only_means_the_cpu_only() -> None:
    cpu = Placement(devices=())
    layout = layout_for(
        request(model(), DRAFT, target_on=cpu, draft_on=cpu), machine(8 * GB, 8 * GB)
    )
    assert layout.used("GPU0") == 0


def test_streamed_on_request() -> None:
    layout = layout_for(request(model(), target_on=Placement(streamed=True)), machine(8 * GB))
    assert layout.target.streamed
    assert layout.target.uses[RAM].weights == 0


def test_layers_for_each_device_are_as_asked() -> None:
    asked = Placement(devices=("GPU1", "GPU0"), layers_per_device=(3, 4))
    layout = layout_for(request(model(), target_on=asked), machine(8 * GB, GB, GB))
    assert layout.target.placement.devices == ("GPU1", "GPU0")
    assert layout.target.placement.layers_per_device == (3, 4)
    assert layout.target.placement.gpu_layers == 7


@pytest.mark.parametrize(
    ("there", "pinned"),
    [
        (machine(8 * GB, GB), True),
        (machine(8 * GB, 3 * GB), False),
        (machine(8 * GB, GB, shares_ram=True), False),
        (machine(900 * MB, 500 * MB), False),
    ],
    ids=["beside a card", "all on it", "one memory", "streamed"],
)
def test_weights_that_visit_a_card_are_pinned(there: MachineFacts, *, pinned: bool) -> None:
    layout = layout_for(request(model()), there)
    assert layout.target.placement.in_memory == pinned

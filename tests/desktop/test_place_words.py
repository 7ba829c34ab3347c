"""Where a pair goes, in the window's words."""

from dataclasses import replace

import pytest

from desktop.place_words import change_sentence, device_title, where
from engine.config import Placement
from engine.memory_plan.values import Change, ChangeKind, DeviceUse, MemoryPlan, Speed, Verdict
from tests.desktop.fakes import GIGA, make_plan

CARD = DeviceUse("CUDA0", "GeForce RTX 4070", 4 * GIGA, ())
WORKER = DeviceUse("RPC0", "192.168.1.20:50052", 8 * GIGA, ())


def on(plan: MemoryPlan, *uses: DeviceUse, layers: tuple[int, ...], experts: int = 0) -> MemoryPlan:
    placement = Placement(
        devices=tuple(use.name for use in uses), layers_per_device=layers, cpu_experts=experts
    )
    return replace(plan, devices=(*uses, plan.ram), target=placement)


def test_without_a_card_it_is_memory_that_counts() -> None:
    plan = replace(make_plan(), devices=(make_plan().ram,), target=Placement())
    assert where(plan) == "All of it, 1.0 of 8.0 GB free"


def test_devices_are_named_where_there_are_several() -> None:
    plan = make_plan(verdict=Verdict.OFFLOADED)
    assert where(on(plan, CARD, layers=(24,))) == "24 of 65 layers on the GPU, 41 in memory"
    assert where(on(plan, CARD, WORKER, layers=(24, 30))) == (
        "54 of 65 layers on GeForce RTX 4070 and the worker at 192.168.1.20:50052, 11 in memory"
    )
    assert where(on(plan, CARD, layers=(65,), experts=12)) == (
        "65 of 65 layers on the GPU, the experts of 12 layers in memory"
    )
    assert where(replace(plan, target=Placement())) == "The draft on a GPU, the target in memory"
    assert device_title(WORKER) == "Worker at 192.168.1.20:50052"


def test_a_streamed_target_says_what_a_pass_reads() -> None:
    plan = make_plan(verdict=Verdict.STREAMED)
    assert where(plan) == "9.0 GB are read from the disk in each pass"
    assert where(on(plan, CARD, layers=(24,))).endswith(
        "; 24 of 65 layers on the GPU, 41 in memory"
    )


def test_what_is_missing_is_named() -> None:
    assert where(make_plan(verdict=Verdict.IMPOSSIBLE)) == "Needs more memory than can be used"
    tight = on(make_plan(verdict=Verdict.IMPOSSIBLE), replace(WORKER, free=-GIGA), layers=(65,))
    assert where(tight) == (
        "Needs 0.9 GB more than can be used of the worker at 192.168.1.20:50052"
    )


@pytest.mark.parametrize(
    ("kind", "value", "verdict", "sentence"),
    [
        (
            ChangeKind.CONTEXT,
            "4096",
            Verdict.RESIDENT,
            "With a context of 4,096 tokens: it all fits, about 9.0 tokens/s.",
        ),
        (
            ChangeKind.KV_TYPE,
            "q8_0",
            Verdict.OFFLOADED,
            "With the context in Q8_0: a part in memory, about 9.0 tokens/s.",
        ),
        (
            ChangeKind.DRAFT,
            "self:Q2_K",
            Verdict.STREAMED,
            "With the target's Q2_K copy as draft: from the disk, about 9.0 tokens/s.",
        ),
        (
            ChangeKind.DRAFT,
            "none",
            Verdict.RESIDENT,
            "Without a draft: it all fits, about 9.0 tokens/s.",
        ),
        (
            ChangeKind.QUANTIZATION,
            "Q4_K_M",
            Verdict.RESIDENT,
            "With the target in Q4_K_M: it all fits, about 9.0 tokens/s.",
        ),
    ],
)
def test_a_change_says_what_comes_of_it(
    kind: ChangeKind, value: str, verdict: Verdict, sentence: str
) -> None:
    change = Change(kind, value, "", verdict, Speed(9.0, 2.4, measured=False))
    assert change_sentence(change) == sentence

"""Models and machines made of round numbers."""

from pathlib import Path
from typing import Final

from engine.config import KvType, Placement
from engine.memory_plan.decide import PlanRequest
from engine.memory_plan.machine_facts import DeviceFacts, MachineFacts
from engine.memory_plan.model_facts import LayerFacts, ModelFacts

MB: Final = 10**6
GB: Final = 10**9


def model(
    *,
    layers: int = 10,
    attention: int = 20 * MB,
    feed_forward: int = 80 * MB,
    experts: int = 0,
    embedding: int = 100 * MB,
    output: int = 100 * MB,
    tied: bool = False,
) -> ModelFacts:
    """A gigabyte in ten layers, and a tenth of one at each end; four bits a weight."""
    layer = LayerFacts(attention, feed_forward, experts, key_width=256, value_width=256)
    return ModelFacts(
        path=Path("made-up.gguf"),
        layers=(layer,) * layers,
        layer_elements=2 * layers * layer.weights,
        embedding=embedding,
        embedding_elements=2 * embedding,
        output=output,
        output_elements=2 * output,
        tied=tied,
        largest_tensor=max(feed_forward, experts) // 3,
        embedding_length=1024,
        feed_forward_width=4096,
        expert_rows=2 if experts else 0,
        expert_count=16 if experts else 0,
        query_width=1024,
        masks=1,
        vocabulary_size=32_000,
        trained_context=8192,
    )


def request(
    target: ModelFacts,
    draft: ModelFacts | None = None,
    *,
    helper: ModelFacts | None = None,
    target_on: Placement | None = None,
    draft_on: Placement | None = None,
    context: int = 4096,
    kv_type: KvType = KvType.F16,
) -> PlanRequest:
    return PlanRequest(
        target=target,
        draft=draft,
        helper=helper,
        target_placement=target_on or Placement(),
        draft_placement=draft_on or Placement(),
        context_length=context,
        kv_type=kv_type,
        budget=64,
    )


def machine(
    ram: int, *gpus: int, shares_ram: bool = False, disk_speed: float | None = 500e6
) -> MachineFacts:
    """GPU0, GPU1, ... with so much free memory."""
    devices = tuple(
        DeviceFacts(
            f"GPU{index}", "a GPU", free, shares_ram=shares_ram, copies_weights=not shares_ram
        )
        for index, free in enumerate(gpus)
    )
    return MachineFacts(ram, devices, ram_bandwidth=40e9, disk_speed=disk_speed)

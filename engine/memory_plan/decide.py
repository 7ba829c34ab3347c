"""The plan for a pair on a machine. Pure: facts in, plan out."""

from dataclasses import dataclass
from typing import Final

from engine.config import KvType, Placement
from engine.language import tr
from engine.memory_plan.cache_size import draft_cache, helper_cache, target_cache
from engine.memory_plan.layout import Asked, Layout, ModelLayout, budget_of, lay_out
from engine.memory_plan.machine_facts import RAM, MachineFacts
from engine.memory_plan.model_facts import ModelFacts
from engine.memory_plan.needs import Needs, Use
from engine.memory_plan.speed import KnownCosts, expected_speed
from engine.memory_plan.values import DeviceUse, Part, Segment, Speed, Verdict

ANYWHERE: Final = Placement()


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """What shall run, as far as it was asked for."""

    target: ModelFacts
    draft: ModelFacts | None = None
    helper: ModelFacts | None = None
    self_draft: bool = False
    """The draft is the target's own low-bit copy."""
    target_placement: Placement = ANYWHERE
    draft_placement: Placement = ANYWHERE
    helper_placement: Placement = ANYWHERE
    context_length: int
    kv_type: KvType
    budget: int


@dataclass(frozen=True)
class Decision:
    """A layout with its verdict and speed."""

    layout: Layout
    verdict: Verdict
    speed: Speed


def decide(
    request: PlanRequest, machine: MachineFacts, known: KnownCosts | None = None
) -> Decision:
    """Lay the pair out and judge it. `known` was measured in the layout that comes out."""
    layout = layout_for(request, machine)
    speed = expected_speed(
        layout, machine, request.budget, self_draft=request.self_draft, known=known
    )
    return Decision(layout, _verdict(layout, machine), speed)


def layout_for(request: PlanRequest, machine: MachineFacts) -> Layout:
    """Where everything goes."""
    length, budget = request.context_length, request.budget
    size = target_cache(length, request.target.trained_context, budget)
    target = Asked(Needs(request.target, size, request.kv_type), request.target_placement)
    draft = helper = None
    if request.draft is not None:
        size = draft_cache(length, request.draft.trained_context, budget)
        draft = Asked(Needs(request.draft, size, request.kv_type), request.draft_placement)
    if request.helper is not None:
        size = helper_cache(length, request.helper.trained_context)
        helper = Asked(Needs(request.helper, size, request.kv_type), request.helper_placement)
    return lay_out(target, draft, helper, machine)


def _verdict(layout: Layout, machine: MachineFacts) -> Verdict:
    target = layout.target
    if layout.overflow:
        return Verdict.IMPOSSIBLE
    if target.streamed:
        return Verdict.STREAMED
    everything = target.split.on_devices > len(target.needs.facts.layers)
    if not machine.devices or (everything and not target.split.cpu_experts):
        return Verdict.RESIDENT
    return Verdict.OFFLOADED


def device_uses(layout: Layout, machine: MachineFacts) -> tuple[DeviceUse, ...]:
    """The bars: the machine's devices, then its RAM."""
    uses = [
        DeviceUse(
            device.name,
            device.description,
            device.free,
            _segments(layout, device.name),
            device.total,
        )
        for device in machine.devices
    ]
    own = _segments(layout, RAM)
    ram = DeviceUse(RAM, tr("memory of this machine"), machine.ram, own, machine.ram_total)
    return (*uses, ram)


def _segments(layout: Layout, device: str) -> tuple[Segment, ...]:
    """What belongs to the helper counts as the draft's."""
    target = layout.target.uses.get(device, Use())
    draft = sum((model.uses.get(device, Use()) for model in layout.guessing), Use())
    return (
        Segment(Part.TARGET_WEIGHTS, target.weights),
        Segment(Part.DRAFT_WEIGHTS, draft.weights),
        Segment(Part.TARGET_KV, target.kv_cache),
        Segment(Part.DRAFT_KV, draft.kv_cache),
        Segment(Part.BUFFERS, target.buffers + draft.buffers),
    )


def streamed_bytes(model: ModelLayout) -> int:
    """What each pass reads from the disk."""
    return model.needs.on(model.split)[RAM].weights if model.streamed else 0


def room(use: DeviceUse) -> int:
    """What a plan may fill of a device."""
    return budget_of(use.free, use.name)

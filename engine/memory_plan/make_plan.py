"""The whole plan: layout, verdict, speed, bars, changes and sentences."""

from engine.memory_plan.changes import helpful_changes
from engine.memory_plan.decide import PlanRequest, decide, device_uses, streamed_bytes
from engine.memory_plan.machine_facts import MachineFacts
from engine.memory_plan.speed import KnownCosts
from engine.memory_plan.values import MemoryPlan
from engine.memory_plan.words import expectation_of, shortage_of, summary_of


def make_plan(
    request: PlanRequest, machine: MachineFacts, known: KnownCosts | None = None
) -> MemoryPlan:
    """Plan the pair. `known` was measured in the layout that `decide.layout_for` gives."""
    decision = decide(request, machine, known)
    layout, devices = decision.layout, device_uses(decision.layout, machine)
    return MemoryPlan(
        verdict=decision.verdict,
        devices=devices,
        target=layout.target.placement,
        draft=layout.draft.placement if layout.draft else None,
        helper=layout.helper.placement if layout.helper else None,
        drafts_beside=layout.drafts_beside,
        layers=len(request.target.layers) + 1,
        streamed_bytes=streamed_bytes(layout.target),
        speed=decision.speed,
        changes=helpful_changes(request, machine, decision),
        summary=summary_of(decision, devices),
        expectation=expectation_of(decision.speed, decision.verdict),
        shortage=shortage_of(layout, devices),
        machine=machine,
    )

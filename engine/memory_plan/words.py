"""A plan in sentences."""

from engine.library.printable import shown_part, shown_size
from engine.memory_plan.changes import shown_speed
from engine.memory_plan.decide import Decision, room, streamed_bytes
from engine.memory_plan.layout import Layout
from engine.memory_plan.machine_facts import RAM, is_worker
from engine.memory_plan.values import DeviceUse, Speed, Verdict


def summary_of(decision: Decision, devices: tuple[DeviceUse, ...]) -> str:
    """The verdict in a sentence."""
    layout, ram = decision.layout, devices[-1]
    match decision.verdict:
        case Verdict.RESIDENT if layout.target.split.on_devices:
            names = " and ".join(layout.target.placement.devices or ())
            place = "worker" if is_worker(names) else "GPU"
            return f"Fits on the {place}: all layers on {names}."
        case Verdict.RESIDENT:
            return f"Fits in memory: {shown_part(ram.used, ram.free)}."
        case Verdict.OFFLOADED:
            return f"Offloaded to RAM: {_share(layout)}, {shown_size(ram.used)} in RAM."
        case Verdict.STREAMED:
            size = shown_size(streamed_bytes(layout.target))
            reads = "up to " + size if layout.target.needs.facts.experts else size
            beside = f"; {_share(layout)}" if len(devices) > 1 else ""
            return f"Streamed from the disk: each pass reads {reads}{beside}."
    return f"Will not run: {shortage_of(layout, devices)}"


def _share(layout: Layout) -> str:
    split, count = layout.target.split, len(layout.target.needs.facts.layers) + 1
    if not split.on_devices:
        return "no layer on a GPU"
    names = " and ".join(layout.target.placement.devices or ())
    experts = f" but for the experts of {split.cpu_experts}" if split.cpu_experts else ""
    return f"{split.on_devices} of {count} layers on {names}{experts}"


def shortage_of(layout: Layout, devices: tuple[DeviceUse, ...]) -> str:
    """What is needed and what there is, where that is too little; "" where it is enough."""
    short = [device for device in devices if device.name in layout.overflow]
    return " ".join(_shortage(device, layout.overflow[device.name]) for device in short)


def _shortage(device: DeviceUse, overflow: int) -> str:
    usable = room(device)
    needed, there = shown_size(usable + overflow), shown_size(usable)
    if needed == there:
        needed, there = (f"{size / 1e6:,.0f} MB" for size in (usable + overflow, usable))
    where = "in RAM" if device.name == RAM else f"on {device.name}"
    return (
        f"{needed} are needed {where}, and {there} can be used of {shown_size(device.free)} free."
    )


def expectation_of(speed: Speed, verdict: Verdict) -> str:
    """The speed in a sentence."""
    if verdict is Verdict.IMPOSSIBLE:
        return ""
    rate = shown_speed(speed.tokens_per_second)
    if speed.measured:
        return f"About {rate} tokens/s, as measured here."
    return f"About {rate} tokens/s, an estimate from bandwidths."

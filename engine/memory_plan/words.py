"""A plan in sentences."""

from engine.language import tr, two_digits, whole
from engine.library.printable import shown_part, shown_size
from engine.memory_plan.decide import Decision, room, streamed_bytes
from engine.memory_plan.layout import Layout
from engine.memory_plan.machine_facts import RAM, is_worker
from engine.memory_plan.values import DeviceUse, Speed, Verdict


def summary_of(decision: Decision, devices: tuple[DeviceUse, ...]) -> str:
    """The verdict in a sentence."""
    layout, ram = decision.layout, devices[-1]
    match decision.verdict:
        case Verdict.RESIDENT if layout.target.split.on_devices:
            names = tr(" and ").join(layout.target.placement.devices or ())
            if is_worker(names):
                return tr("Fits on the worker: all layers on {names}.").format(names=names)
            return tr("Fits on the GPU: all layers on {names}.").format(names=names)
        case Verdict.RESIDENT:
            return tr("Fits in memory: {used}.").format(used=shown_part(ram.used, ram.free))
        case Verdict.OFFLOADED:
            return tr("Offloaded to RAM: {share}, {size} in RAM.").format(
                share=_share(layout), size=shown_size(ram.used)
            )
        case Verdict.STREAMED:
            reads = shown_size(streamed_bytes(layout.target))
            if layout.target.needs.facts.experts:
                reads = tr("up to {size}").format(size=reads)
            beside = f"; {_share(layout)}" if len(devices) > 1 else ""
            return tr("Streamed from the disk: each pass reads {reads}{beside}.").format(
                reads=reads, beside=beside
            )
    return tr("Will not run: {shortage}").format(shortage=shortage_of(layout, devices))


def _share(layout: Layout) -> str:
    split, count = layout.target.split, len(layout.target.needs.facts.layers) + 1
    if not split.on_devices:
        return tr("no layer on a GPU")
    names = tr(" and ").join(layout.target.placement.devices or ())
    share = tr("{some} of {count} layers on {names}").format(
        some=split.on_devices, count=count, names=names
    )
    if not split.cpu_experts:
        return share
    return tr("{share} but for the experts of {layers}").format(
        share=share, layers=split.cpu_experts
    )


def shortage_of(layout: Layout, devices: tuple[DeviceUse, ...]) -> str:
    """What is needed and what there is, where that is too little; "" where it is enough."""
    short = [device for device in devices if device.name in layout.overflow]
    return " ".join(_shortage(device, layout.overflow[device.name]) for device in short)


def _shortage(device: DeviceUse, overflow: int) -> str:
    usable = room(device)
    needed, there = shown_size(usable + overflow), shown_size(usable)
    if needed == there:
        needed, there = (f"{whole(size / 1e6)} MB" for size in (usable + overflow, usable))
    where = tr("in RAM") if device.name == RAM else tr("on {name}").format(name=device.name)
    return tr("{needed} are needed {where}, and {there} can be used of {size} free.").format(
        needed=needed, where=where, there=there, size=shown_size(device.free)
    )


def expectation_of(speed: Speed, verdict: Verdict) -> str:
    """The speed in a sentence."""
    if verdict is Verdict.IMPOSSIBLE:
        return ""
    rate = two_digits(speed.tokens_per_second)
    if speed.measured:
        return tr("About {rate} tokens/s, as measured here.").format(rate=rate)
    return tr("About {rate} tokens/s, an estimate from bandwidths.").format(rate=rate)

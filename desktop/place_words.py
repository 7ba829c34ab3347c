"""Where a pair goes, and what would help, as the window says it. Knows no Qt."""

from desktop import figures
from engine.language import tr, trn, whole
from engine.memory_plan.decide import room
from engine.memory_plan.machine_facts import RAM, is_worker
from engine.memory_plan.values import Change, ChangeKind, DeviceUse, MemoryPlan, Verdict


def where(plan: MemoryPlan) -> str:
    """Where the target's layers are, in half a sentence."""
    match plan.verdict:
        case Verdict.RESIDENT if plan.target.layers_per_device:
            return tr("All layers on {device}").format(device=_devices(plan))
        case Verdict.RESIDENT:
            return tr("All of it, {used} of {free} free").format(
                used=figures.number(plan.ram.used / 1e9), free=figures.file_size(plan.ram.free)
            )
        case Verdict.OFFLOADED:
            return _layers(plan)
        case Verdict.STREAMED:
            return _reads(plan)
    return _shortage(plan)


def device_title(use: DeviceUse) -> str:
    """A device as people know it."""
    if use.name == RAM:
        return tr("Memory")
    if is_worker(use.name):
        return tr("Worker at {address}").format(address=use.description)
    return use.description or use.name


def change_sentence(change: Change) -> str:
    """One thing to do otherwise, and what comes of it."""
    rate = figures.rate(change.speed.tokens_per_second)
    match change.verdict:
        case Verdict.RESIDENT:
            outcome = tr("it all fits, about {rate} tokens/s").format(rate=rate)
        case Verdict.OFFLOADED:
            outcome = tr("a part in memory, about {rate} tokens/s").format(rate=rate)
        case _:
            outcome = tr("from the disk, about {rate} tokens/s").format(rate=rate)
    return f"{_what(change)}: {outcome}."


def _what(change: Change) -> str:
    match change.kind:
        case ChangeKind.CONTEXT:
            return trn(
                "With a context of {count} token",
                "With a context of {count} tokens",
                int(change.value),
            ).format(count=whole(int(change.value)))
        case ChangeKind.KV_TYPE:
            return tr("With the context in {type}").format(type=change.value.upper())
        case ChangeKind.DRAFT if change.value == "none":
            return tr("Without a draft")
        case ChangeKind.DRAFT:
            copy = change.value.removeprefix("self:")
            return tr("With the target's {copy} copy as draft").format(copy=copy)
        case ChangeKind.QUANTIZATION:
            return tr("With the target in {quantization}").format(quantization=change.value)


def _shortage(plan: MemoryPlan) -> str:
    """What is missing, on the device that is shortest of it."""
    use = min(plan.devices, key=lambda use: room(use) - use.used)
    missing = use.used - room(use)
    if missing <= 0:  # what passes through memory in a pass is no part of the bars
        return tr("Needs more memory than can be used")
    if use.name == RAM:
        words = tr("Needs {size} more memory than can be used")
    else:
        words = tr("Needs {size} more than can be used of {device}")
    return words.format(size=figures.file_size(missing), device=_in_a_sentence(use))


def _layers(plan: MemoryPlan) -> str:
    on_devices = sum(plan.target.layers_per_device)
    if not on_devices:
        return tr("The draft on a GPU, the target in memory")
    words = tr("{count} of {all} layers on {device}, {rest} in memory").format(
        count=on_devices, all=plan.layers, device=_devices(plan), rest=plan.layers - on_devices
    )
    if plan.target.cpu_experts:
        experts = tr("the experts of {count} layers in memory").format(
            count=plan.target.cpu_experts
        )
        return tr("{count} of {all} layers on {device}, {experts}").format(
            count=on_devices, all=plan.layers, device=_devices(plan), experts=experts
        )
    return words


def _reads(plan: MemoryPlan) -> str:
    words = tr("{size} are read from the disk in each pass").format(
        size=figures.file_size(plan.streamed_bytes)
    )
    return f"{words}; {_layers(plan)}" if plan.target.layers_per_device else words


def _devices(plan: MemoryPlan) -> str:
    """The devices of the target: "the GPU" where there is no other."""
    names = plan.target.devices or ()
    uses = [use for use in plan.devices if use.name in names]
    others = [use for use in plan.devices if use.name != RAM and not is_worker(use.name)]
    if len(others) == 1 and uses == others:
        return tr("the GPU")
    return tr(" and ").join(_in_a_sentence(use) for use in uses)


def _in_a_sentence(use: DeviceUse) -> str:
    if is_worker(use.name):
        return tr("the worker at {address}").format(address=use.description)
    return use.description or use.name

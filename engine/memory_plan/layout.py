"""Where the layers go: draft and helper first, then as much of the target as each device takes."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from engine.config import ALL_LAYERS, Placement
from engine.memory_plan.machine_facts import RAM, DeviceFacts, MachineFacts, is_worker
from engine.memory_plan.needs import Needs, Split, Use, without_weights

_RAM_SHARE: Final = 0.95
_DEVICE_SHARE: Final = 0.94
"""Of free memory that a plan may fill: other programs, and what no plan sees, need the rest."""


@dataclass(frozen=True)
class ModelLayout:
    """One model in its place."""

    needs: Needs
    split: Split
    uses: Mapping[str, Use]
    """Bytes by device name."""
    placement: Placement

    @property
    def streamed(self) -> bool:
        """Whether the weights in RAM are pages of the file that come and go."""
        return self.placement.streamed

    @property
    def processors(self) -> frozenset[str]:
        """What computes its layers: devices, workers by their addresses, and RAM for the CPU."""
        split = self.split
        used = [device for device, count in zip(split.devices, split.counts, strict=True) if count]
        names = {d.description if is_worker(d.name) else d.name for d in used}
        rest_in_ram = split.on_devices <= len(self.needs.facts.layers) or split.cpu_experts > 0
        return frozenset(names | {RAM} if rest_in_ram else names)


@dataclass(frozen=True)
class Layout:
    """All models in their places; `overflow` maps devices to the bytes that are too many."""

    target: ModelLayout
    draft: ModelLayout | None
    helper: ModelLayout | None
    overflow: Mapping[str, int]

    @property
    def guessing(self) -> tuple[ModelLayout, ...]:
        """Draft and helper, as far as there are any."""
        return tuple(model for model in (self.draft, self.helper) if model is not None)

    @property
    def models(self) -> tuple[ModelLayout, ...]:
        """All there are, the target first."""
        return (self.target, *self.guessing)

    @property
    def drafts_beside(self) -> bool:
        """Whether drafting does not slow the target: no processor computes for both.

        That of a streamed target mostly waits for the disk.
        """
        busy = frozenset[str]().union(*(model.processors for model in self.guessing))
        return bool(busy) and (self.target.streamed or not busy & self.target.processors)

    def used(self, device: str) -> int:
        """Bytes of all models."""
        return sum(model.uses.get(device, Use()).total for model in self.models)


def budget_of(free: int, name: str) -> int:
    """How much of a device's free memory a plan may fill."""
    return int(free * (_RAM_SHARE if name == RAM else _DEVICE_SHARE))


@dataclass(frozen=True)
class Asked:
    """One model, and what was asked for its placement."""

    needs: Needs
    placement: Placement

    @property
    def is_settled(self) -> bool:
        """Whether the number of layers on devices was asked for."""
        return self.placement.gpu_layers is not None or bool(self.placement.layers_per_device)


def lay_out(
    target: Asked, draft: Asked | None, helper: Asked | None, machine: MachineFacts
) -> Layout:
    """The fastest layout that fits, within what was asked for; else the leanest one."""
    layout = _lay_out(target, draft, helper, machine, machine.devices)
    own = tuple(device for device in machine.devices if not device.shares_ram)
    if layout.overflow and len(own) < len(machine.devices):
        # Weights on a device that shares the RAM cannot be streamed.
        return _lay_out(target, draft, helper, machine, own)
    return layout


def _lay_out(
    target: Asked,
    draft: Asked | None,
    helper: Asked | None,
    machine: MachineFacts,
    free: tuple[DeviceFacts, ...],
) -> Layout:
    """`free`: the devices for a model whose placement names none."""
    room = {device.name: budget_of(device.free, device.name) for device in machine.devices}

    def lay_whole(model: Asked | None) -> ModelLayout | None:
        if model is None:
            return None
        split = _draft_split(model, _devices(model.placement, machine, free), room)
        laid = _laid(model.needs, split, model.placement)
        for device in machine.devices:
            room[device.name] -= laid.uses.get(device.name, Use()).total
        return laid

    drafted, helping = lay_whole(draft), lay_whole(helper)
    split = _target_split(target, _devices(target.placement, machine, free), room)
    resident = _laid(target.needs, split, target.placement)
    layout = _checked(Layout(resident, drafted, helping, {}), machine)
    if not resident.streamed and RAM not in layout.overflow:
        return replace(layout, target=_pinned(resident))
    streamed = _laid(target.needs, split, replace(target.placement, streamed=True))
    kept = Layout(streamed, drafted and _kept(drafted), helping and _kept(helping), {})
    return _checked(kept, machine)


def _laid(needs: Needs, split: Split, asked: Placement) -> ModelLayout:
    used = [(d.name, n) for d, n in zip(split.devices, split.counts, strict=True) if n]
    placement = replace(
        asked,
        devices=tuple(name for name, _ in used),
        layers_per_device=tuple(count for _, count in used),
        gpu_layers=split.on_devices,
        cpu_experts=split.cpu_experts,
    )
    uses = dict(needs.on(split))
    if placement.streamed:
        uses[RAM] = without_weights(uses[RAM])
    return ModelLayout(needs, split, uses, placement)


def _kept(draft: ModelLayout) -> ModelLayout:
    """A draft in RAM whose weights are our own memory: streaming does not push them out."""
    if not draft.uses[RAM].weights:
        return draft
    return replace(draft, placement=replace(draft.placement, in_memory=True))


def _pinned(target: ModelLayout) -> ModelLayout:
    """A target beside a graphics card, read into memory that the card can copy from by itself.

    llama.cpp does so for weights that are not mapped (make_cpu_buft_list).
    """
    split, layers = target.split, len(target.needs.facts.layers)
    rest_in_ram = split.on_devices <= layers or split.cpu_experts > 0
    copied = any(device.copies_weights for device in split.devices)
    if not (split.on_devices and rest_in_ram and copied):
        return target
    return replace(target, placement=replace(target.placement, in_memory=True))


def _checked(layout: Layout, machine: MachineFacts) -> Layout:
    """With what is too much for each device."""
    target = layout.target
    overflow = {
        device.name: layout.used(device.name) - budget_of(device.free, device.name)
        for device in machine.devices
    }
    # Memory that a device shares with the machine is used once, by both names.
    shared = sum(layout.used(device.name) for device in machine.devices if device.shares_ram)
    working = target.needs.largest_layer if target.streamed else 0
    overflow[RAM] = layout.used(RAM) + shared + working - budget_of(machine.ram, RAM)
    return replace(layout, overflow={name: size for name, size in overflow.items() if size > 0})


def _devices(
    asked: Placement, machine: MachineFacts, free: tuple[DeviceFacts, ...]
) -> tuple[DeviceFacts, ...]:
    if asked.devices is None:
        return free
    return tuple(machine.device(name) for name in asked.devices)


def _draft_split(asked: Asked, devices: Sequence[DeviceFacts], room: Mapping[str, int]) -> Split:
    """The whole draft on the first device that takes it, else in RAM: halves gain little."""
    if asked.is_settled:
        return _asked_split(asked, devices, room)
    everything = len(asked.needs.facts.layers) + 1
    for device in devices:
        split = Split((device,), (everything,))
        if asked.needs.on(split)[device.name].total <= room[device.name]:
            return split
    return Split()


def _target_split(asked: Asked, devices: Sequence[DeviceFacts], room: Mapping[str, int]) -> Split:
    """As many layers as the devices take; of a model of experts, these stay in RAM first."""
    if asked.is_settled:
        return _asked_split(asked, devices, room)
    return next(
        split
        for layers, cpu_experts in _wishes(asked.needs)
        if (split := _first_fit(asked.needs, layers, cpu_experts, devices, room)) is not None
    )


def _wishes(needs: Needs) -> Iterator[tuple[int, int]]:
    """(layers on devices, layers whose experts stay in RAM), the fastest first; the last fits."""
    count = len(needs.facts.layers)
    experts = count if needs.facts.experts else 0
    yield from ((count + 1, held) for held in range(experts + 1))
    yield from ((layers, experts) for layers in range(count, 0, -1))
    yield 0, 0


def _asked_split(asked: Asked, devices: Sequence[DeviceFacts], room: Mapping[str, int]) -> Split:
    """So many layers as asked, though they may not fit."""
    everything = len(asked.needs.facts.layers) + 1
    wanted, cpu_experts = asked.placement.gpu_layers, asked.placement.cpu_experts
    if sum(asked.placement.layers_per_device) in range(1, everything + 1):
        return Split(tuple(devices), asked.placement.layers_per_device, cpu_experts)
    layers = everything if wanted in (None, ALL_LAYERS) else min(wanted, everything)
    if not devices or not layers:
        return Split(cpu_experts=cpu_experts)
    split = _first_fit(asked.needs, layers, cpu_experts, devices, room)
    return split or Split((devices[0],), (layers,), cpu_experts)


def _first_fit(
    needs: Needs,
    layers: int,
    cpu_experts: int,
    devices: Sequence[DeviceFacts],
    room: Mapping[str, int],
) -> Split | None:
    """The last `layers` layers on the devices in turn, each filled before the next; None: no fit.

    llama.cpp gives devices neighbouring layers in this order too.
    """
    first = len(needs.facts.layers) + 1 - layers
    left = [
        total - (experts if index < cpu_experts else 0)
        for index, (total, experts) in enumerate(needs.layer_sizes)
    ][first:]
    rest_in_ram = first > 0 or cpu_experts > 0
    counts = []
    for device in devices:
        free = room[device.name] - needs.device_buffers(
            device, scores=False, rest_in_ram=rest_in_ram
        )
        scoring = room[device.name] - needs.device_buffers(
            device, scores=True, rest_in_ram=rest_in_ram
        )
        count = bisect_right(list(accumulate(left)), free)
        if count == len(left) and sum(left) > scoring:
            count = max(count - 1, 0)
        counts.append(count)
        left = left[count:]
    return None if left else Split(tuple(devices), tuple(counts), cpu_experts)

"""How fast a layout is: by measured cost curves, or by ones made from bandwidths."""

from dataclasses import dataclass
from typing import Final

from engine.latency import CostCurve
from engine.memory_plan.layout import Layout, ModelLayout
from engine.memory_plan.machine_facts import LINK_BANDWIDTH, MachineFacts
from engine.memory_plan.values import Speed
from engine.planner import DraftForecast

_KERNEL_SHARE: Final = 0.75
"""Of the bandwidth of plain reading, what ggml's matrix kernels reach."""
_RAM_BANDWIDTH: Final = 20e9
_DISK_SPEED: Final = 500e6
"""Where nobody measured."""
_CPU_ROW: Final = 0.3
_DEVICE_ROW: Final = 0.01
"""What a further row costs, as a share of a pass with one (docs/benchmarks.md: 26 ms with 1 row,
151 with 16 on a CPU)."""
_COPYING_ROWS: Final = 32
"""From so many rows on, weights in RAM go to the device for a multiplication."""
_UNHIDDEN: Final = 0.2
"""Share of the drafting that does not vanish under the target's passes, where the draft works
beside them (docs/benchmarks.md)."""
_SELF_DRAFT_GAIN: Final = 1.45
"""Tokens beyond the first of a low-bit copy's trees, against another draft's."""
_BUDGETS: Final = (8, 16, 32, 64, 128, 256, 600)


@dataclass(frozen=True)
class KnownCosts:
    """What was measured of a pair in this very layout: cost curves, and `DraftForecast.state`."""

    target: CostCurve
    draft: CostCurve
    forecast: tuple[float, float] | None


def expected_speed(
    layout: Layout,
    machine: MachineFacts,
    budget: int,
    *,
    self_draft: bool,
    known: KnownCosts | None,
) -> Speed:
    """By what is known, if anything is."""
    if known is not None and known.target.points:
        state = known.forecast
        return _speed(known.target, known.draft if known.draft.points else None, budget, state)
    state = (
        _SELF_DRAFT_GAIN if self_draft else 1.0,
        _UNHIDDEN if layout.drafts_beside else 1.0,
    )
    target = _curve(layout.target, machine, budget)
    draft = _curve(layout.draft, machine, budget) if layout.draft else None
    return _speed(target, draft, budget, state, measured=False)


def _speed(
    target: CostCurve,
    draft: CostCurve | None,
    budget: int,
    state: tuple[float, float] | None,
    *,
    measured: bool = True,
) -> Speed:
    plain = 1 / max(target.seconds(1) or 0, 1e-9)
    rates = [plain]
    if draft is not None:
        forecast = DraftForecast(draft, state)
        for nodes in [size for size in _BUDGETS if size < budget] + [budget]:
            seconds = forecast.seconds(nodes) + (target.seconds(nodes + 1) or 0)
            rates.append(forecast.tokens(nodes) / max(seconds, 1e-9))
    return Speed(max(rates), plain, measured)


def _curve(model: ModelLayout, machine: MachineFacts, budget: int) -> CostCurve:
    rows = {1, _COPYING_ROWS - 1, _COPYING_ROWS, budget + 1}
    return CostCurve((count, _pass_seconds(model, machine, count)) for count in sorted(rows))


def _pass_seconds(model: ModelLayout, machine: MachineFacts, rows: int) -> float:
    """Reading every weight that the rows need, from where it is."""
    facts = model.needs.facts
    touched = 1.0
    if facts.expert_count:
        touched = 1 - (1 - facts.expert_rows / facts.expert_count) ** rows
    places = model.split.places(len(facts.layers))
    in_ram, seconds = 0.0, 0.0
    for index, (layer, device) in enumerate(zip(facts.layers, places, strict=False)):
        dense, experts = layer.attention + layer.feed_forward, touched * layer.experts
        here = dense + (0 if index < model.split.cpu_experts else experts)
        if device is None:
            in_ram += dense + experts
        else:
            in_ram += dense + experts - here
            seconds += here / device.bandwidth
    if places[-1] is None:
        in_ram += facts.output_layer
    else:
        seconds += facts.output_layer / places[-1].bandwidth
    return seconds * (1 + _DEVICE_ROW * (rows - 1)) + _ram_seconds(model, machine, in_ram, rows)


def _ram_seconds(model: ModelLayout, machine: MachineFacts, size: float, rows: int) -> float:
    seconds = size / kernel_rate(machine) * (1 + _CPU_ROW * (rows - 1))
    if rows >= _COPYING_ROWS and any(device.copies_weights for device in model.split.devices):
        seconds = min(seconds, size / LINK_BANDWIDTH)
    if model.streamed:
        seconds = max(seconds, size / disk_rate(machine))
    return seconds


def kernel_rate(machine: MachineFacts) -> float:
    """Bytes of weights in RAM per second that a pass with one row computes with."""
    return _KERNEL_SHARE * (machine.ram_bandwidth or _RAM_BANDWIDTH)


def disk_rate(machine: MachineFacts) -> float:
    """Bytes per second that the disk reads."""
    return machine.disk_speed or _DISK_SPEED

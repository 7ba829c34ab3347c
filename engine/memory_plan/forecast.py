"""How fast models are that are not here: from their sizes, and how fast the machine reads."""

from typing import Final, NamedTuple

from engine.library.expected_speed import ROOM, draft_tokens, regime_of, speedup
from engine.memory_plan.machine_facts import MachineFacts
from engine.memory_plan.model_facts import bits_of
from engine.memory_plan.speed import disk_rate, kernel_rate
from engine.memory_plan.values import Speed


class Size(NamedTuple):
    """A model as the catalogue or the hub tells of it."""

    weights: int
    """Bytes."""
    parameters: int


def size_of(parameters: int, quantization: str, weights: int | None) -> Size:
    """The size of a model, where nobody vouches for its bytes from its quantization."""
    return Size(weights or round(parameters * bits_of(quantization) / 8), parameters)


def plain_speed(weights: int, machine: MachineFacts, *, touched: float = 1.0) -> float:
    """Tokens per second without a draft: every token reads the weights from where they are.

    `touched` is the share of them that one token needs: less than 1 of a mixture of experts.
    """
    own = [device for device in machine.devices if not device.shares_ram]
    rest, seconds = float(weights), 0.0
    for device in own:
        part = min(rest, ROOM * device.free)
        seconds += part / device.bandwidth
        rest -= part
    rate = disk_rate(machine) if rest > ROOM * machine.ram else kernel_rate(machine)
    return 1 / max(touched * (seconds + rest / rate), _SHORTEST_PASS)


def pair_speed(target: Size, draft: Size | None, machine: MachineFacts) -> Speed:
    """An estimate of what a draft of the same family makes of it; never less than plain."""
    plain = plain_speed(target.weights, machine)
    if draft is None:
        return Speed(plain, plain, measured=False)
    own = sum(device.free for device in machine.devices if not device.shares_ram)
    regime = regime_of(target.weights, machine.ram, own)
    tokens = draft_tokens(draft.parameters / max(target.parameters, 1))
    gain = speedup(tokens, draft.weights / max(target.weights, 1), regime)
    return Speed(max(plain, plain * gain), plain, measured=False)


_SHORTEST_PASS: Final = 1e-3
"""Seconds: what is not reading weights takes its time too."""

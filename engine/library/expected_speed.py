"""How much faster a draft may make a target, guessed from sizes alone.

Only an order among drafts is meant, and whether trying pays at all; what was measured always comes
before it. The figures are those of docs/benchmarks.md: tokens per pass with trees of 64 nodes, and
what drafting such a tree takes beside one pass of the target.
"""

import math
from enum import StrEnum
from typing import Final, NamedTuple

_TOKENS_OF_A_TWIN: Final = 6.2
"""Tokens per pass of a draft of the target's own size, another model of its family."""
_TOKENS_BY_SIZE: Final = 0.13
"""Power of the parameters' ratio: a third of the target gives 5.4, a fiftieth 3.7."""
_DRAFT_PASSES: Final = 12
"""Draft passes for one tree."""
ROOM: Final = 0.85
"""Share of free memory that weights may fill; the rest is for caches and buffers."""


class CopyFigures(NamedTuple):
    """What a target's own copy in some quantization gives and takes."""

    tokens: float
    """Tokens per pass."""
    bytes_per_parameter: float


COPIES: Final = {"Q2_K": CopyFigures(7.4, 0.42), "Q4_0": CopyFigures(9.0, 0.5625)}


class Regime(StrEnum):
    """Where the target's weights are; the words are the glossary's."""

    STREAMED = "streamed"
    OFFLOADED = "offloaded"
    ON_DEVICE = "resident on the device"
    IN_MEMORY = "resident in memory"
    """Without a fast device: the same cores compute both models."""


class _Costs(NamedTuple):
    tree_pass: float
    """Seconds of a pass over a tree, in passes over one token."""
    advantage: float
    """How many times faster a byte of the draft is read than one of the target."""


_COSTS: Final = {
    Regime.STREAMED: _Costs(1.0, 4.0),
    Regime.OFFLOADED: _Costs(1.5, 10.0),
    Regime.ON_DEVICE: _Costs(1.5, 1.0),
    Regime.IN_MEMORY: _Costs(20.0, 1.0),
}


def draft_tokens(parameters_ratio: float) -> float:
    """Tokens per pass by the draft's parameters over the target's."""
    return max(1.0, _TOKENS_OF_A_TWIN * math.pow(min(parameters_ratio, 1.0), _TOKENS_BY_SIZE))


def speedup(tokens: float, bytes_ratio: float, regime: Regime) -> float:
    """Times the speed of plain, by the bytes that one token reads of the draft over the target."""
    costs = _COSTS[regime]
    return tokens / (costs.tree_pass + _DRAFT_PASSES * bytes_ratio / costs.advantage)


def regime_of(target_bytes: int, memory: int, device_memory: int = 0) -> Regime:
    """Where a target of this size most likely goes: 0 bytes of `device_memory` is no device."""
    if target_bytes <= ROOM * device_memory:
        return Regime.ON_DEVICE
    if target_bytes > ROOM * (memory + device_memory):
        return Regime.STREAMED
    return Regime.OFFLOADED if device_memory else Regime.IN_MEMORY

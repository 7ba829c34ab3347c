"""Where a model runs on this machine, in a word and half a sentence. Knows no Qt."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from desktop import figures
from desktop.place_words import where
from engine.language import tr
from engine.library.expected_speed import Regime, regime_of
from engine.memory_plan.forecast import plain_speed
from engine.memory_plan.machine_facts import RAM, MachineFacts, is_worker
from engine.memory_plan.values import MemoryPlan, Verdict

Tone: TypeAlias = Literal["success", "accent", "warning", "danger", "muted"]


@dataclass(frozen=True)
class Badge:
    """An icon and a word in one tone."""

    icon: str
    words: str
    tone: Tone


@dataclass(frozen=True)
class Fit:
    """Where something runs, and why."""

    badge: Badge
    reason: str
    from_memory: bool
    """Whether nothing is read from the disk in each pass."""


@dataclass(frozen=True)
class FreeMemory:
    """Bytes that a pair may fill, for a guess without a plan."""

    ram: int
    devices: int
    machine: MachineFacts | None = None
    """How fast it reads, where that is known."""
    at_workers: bool = False
    """Whether the only devices are workers on other machines."""

    @classmethod
    def of(cls, plan: MemoryPlan) -> "FreeMemory":
        """What the plan's machine has free."""
        devices = [use for use in plan.devices if use.name != RAM]
        free = sum(use.free for use in devices)
        return cls(plan.ram.free, free, plan.machine, _only_workers(plan))

    def regime(self, size: int) -> Regime:
        """Where a target of `size` bytes goes."""
        return regime_of(size, self.ram, self.devices)


CANNOT_BE_USED: Final = Badge("x", tr("Cannot be used"), "danger")
_TOO_LARGE: Final = Badge("x", tr("Too large"), "danger")
FROM_DISK: Final = Badge("triangle-alert", tr("From disk"), "warning")
_FITS_GPU: Final = Badge("check", tr("Fits the GPU"), "success")
_FITS_MEMORY: Final = Badge("check", tr("Fits in memory"), "success")
_BOTH: Final = Badge("cpu", tr("GPU + memory"), "accent")
_FITS_WORKERS: Final = Badge("check", tr("Fits the workers"), "success")
_WORKERS_TOO: Final = Badge("cpu", tr("Workers + memory"), "accent")
_AT_WORKERS: Final = {_FITS_GPU: _FITS_WORKERS, _BOTH: _WORKERS_TOO}
"""What to say instead, where there is no GPU but on other machines."""
_BY_REGIME: Final = {
    Regime.ON_DEVICE: (_FITS_GPU, tr("All of it")),
    Regime.IN_MEMORY: (_FITS_MEMORY, tr("All of it")),
    Regime.OFFLOADED: (_BOTH, tr("A part on a device, the rest in memory")),
    Regime.STREAMED: (FROM_DISK, tr("Read from the disk in each pass")),
}
_BY_VERDICT: Final = {
    Verdict.OFFLOADED: _BOTH,
    Verdict.STREAMED: FROM_DISK,
    Verdict.IMPOSSIBLE: _TOO_LARGE,
}


def guessed_fit(size: int, memory: FreeMemory, *, touched: float = 1.0) -> Fit:
    """By its size alone. `touched`: the share of its weights that one token needs."""
    regime = memory.regime(size)
    badge, reason = _BY_REGIME[regime]
    if memory.at_workers:
        badge = _AT_WORKERS.get(badge, badge)
    if memory.machine is not None:
        reason = f"{reason}, {plain_words(size, memory.machine, touched=touched)}"
    return Fit(badge, reason, regime is not Regime.STREAMED)


def planned_fit(plan: MemoryPlan) -> Fit:
    """By its memory plan."""
    badge = verdict_badge(plan.verdict, on_devices=len(plan.devices) > 1)
    if _only_workers(plan):
        badge = _AT_WORKERS.get(badge, badge)
    from_memory = plan.verdict in (Verdict.RESIDENT, Verdict.OFFLOADED)
    return Fit(badge, where(plan), from_memory)


def verdict_badge(verdict: Verdict, *, on_devices: bool) -> Badge:
    """How a pair runs, in a word; `on_devices`: on a machine with such."""
    return _BY_VERDICT.get(verdict, _FITS_GPU if on_devices else _FITS_MEMORY)


def plain_words(size: int, machine: MachineFacts, *, touched: float = 1.0) -> str:
    """How fast a model of so many bytes is without a draft."""
    rate = figures.rate(plain_speed(size, machine, touched=touched))
    return tr("plain about {rate} tokens/s").format(rate=rate)


def _only_workers(plan: MemoryPlan) -> bool:
    names = [use.name for use in plan.devices if use.name != RAM]
    return bool(names) and all(map(is_worker, names))

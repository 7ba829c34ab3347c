"""What a memory plan says: frozen values that a terminal prints and a dialog draws."""

from dataclasses import dataclass
from enum import StrEnum

from engine.config import Placement
from engine.language import tr
from engine.memory_plan.machine_facts import RAM, Held, MachineFacts, is_worker


class Verdict(StrEnum):
    """How a pair will run, the best first."""

    RESIDENT = "resident"
    """All weights on the fast devices; in RAM on a machine without one."""
    OFFLOADED = "offloaded"
    """Some weights in RAM beside the device."""
    STREAMED = "streamed"
    """Weights read from the disk in each pass."""
    IMPOSSIBLE = "impossible"
    """Too little memory even so."""

    @property
    def rank(self) -> int:
        """Greater is better."""
        return -list(Verdict).index(self)


class Part(StrEnum):
    """What fills memory: the segments of a device's bar, in this order."""

    TARGET_WEIGHTS = "target weights"
    DRAFT_WEIGHTS = "draft weights"
    TARGET_KV = "target KV"
    DRAFT_KV = "draft KV"
    BUFFERS = "buffers"


@dataclass(frozen=True)
class Segment:
    """One stretch of a device's bar."""

    part: Part
    size: int
    """Bytes."""


@dataclass(frozen=True)
class DeviceUse:
    """One device, and what of it the pair takes. Bytes."""

    name: str
    """llama.cpp's, or "RAM"."""
    description: str
    free: int
    """Before loading, and after what is loaded now is gone."""
    segments: tuple[Segment, ...]
    """Of all parts, empty ones too."""
    total: int = 0
    """What the device has in all; 0 where that is not known."""

    @property
    def used(self) -> int:
        """What the pair takes."""
        return sum(segment.size for segment in self.segments)

    @property
    def others(self) -> int:
        """What other programs take of it, as far as that is known."""
        return max(self.total - self.free, 0)

    @property
    def left(self) -> int:
        """What stays free; negative where the pair does not fit."""
        return self.free - self.used


@dataclass(frozen=True)
class Speed:
    """Expected tokens per second."""

    tokens_per_second: float
    plain: float
    """Without a draft."""
    measured: bool
    """From passes of this pair on this machine; else estimated from bandwidths."""


class ChangeKind(StrEnum):
    """What a change is about."""

    QUANTIZATION = "quantization"
    CONTEXT = "context"
    KV_TYPE = "kv_type"
    DRAFT = "draft"


@dataclass(frozen=True)
class Change:
    """One thing to do otherwise, and what the plan says then."""

    kind: ChangeKind
    value: str
    """"Q4_K_M", "2048", "q8_0", "self:Q2_K", "no helper" or "none"."""
    sentence: str
    verdict: Verdict
    speed: Speed


@dataclass(frozen=True)
class MemoryPlan:
    """Where a pair goes, whether that works and how fast it is."""

    verdict: Verdict
    devices: tuple[DeviceUse, ...]
    """Fast devices first, RAM last."""
    target: Placement
    draft: Placement | None
    layers: int
    """Of the target, with the output layer: as many as `target.gpu_layers` can be."""
    streamed_bytes: int
    """Read from the disk in each pass."""
    speed: Speed
    changes: tuple[Change, ...]
    """The two or three that help most, the best first; none where nothing does."""
    summary: str
    """The verdict as a sentence."""
    expectation: str
    """The speed as a sentence."""
    shortage: str
    """"" for a plan within its budgets; else a sentence with what is needed and what is free."""
    helper: Placement | None = None
    drafts_beside: bool = False
    """Whether the draft works while the target does: no processor has to do for both."""
    missing_workers: tuple[str, ...] = ()
    """Addresses of RPC workers that do not answer: the plan goes without them."""
    machine: MachineFacts | None = None
    """For which it was made."""

    @property
    def fits(self) -> bool:
        """Whether the plan stays within every budget."""
        return self.verdict is not Verdict.IMPOSSIBLE

    @property
    def advice(self) -> str:
        """What to do about a plan that does not fit."""
        if self.changes:
            return self.changes[0].sentence
        return tr("Choose a smaller model or a shorter context.")

    @property
    def held(self) -> Held:
        """What closing the pair gives back."""
        workers: dict[str, tuple[int, ...]] = {}
        for device in self.devices:
            if is_worker(device.name):
                before = workers.get(device.description, ())
                workers[device.description] = (*before, device.free)
        own = {device.name: device.used for device in self.devices if not is_worker(device.name)}
        return Held(own, workers)

    @property
    def ram(self) -> DeviceUse:
        """The machine's own memory."""
        return next(device for device in self.devices if device.name == RAM)

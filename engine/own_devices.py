"""What this computer computes with, as values that can travel: devices, and what does not work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OwnDevice:
    """One compute device of this computer; memory in bytes."""

    name: str
    description: str
    free_memory: int
    total_memory: int


@dataclass(frozen=True)
class UnusableBackend:
    """A back end that came along and does not work on this computer."""

    name: str
    reason: str


@dataclass(frozen=True)
class Backends:
    """What became of the modules; both are empty in a build that has its back ends linked."""

    loaded: tuple[str, ...] = ()
    """Names of their files: "vulkan", "cpu-haswell"."""
    unusable: tuple[UnusableBackend, ...] = ()


@dataclass(frozen=True)
class OwnDevices:
    """All that a placement may name here, without workers of other computers."""

    devices: tuple[OwnDevice, ...]
    backends: Backends

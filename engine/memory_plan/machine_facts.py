"""What the memory plan knows of a machine, one's own or one to think about."""

from dataclasses import dataclass, field, replace
from typing import Final

DEVICE_BANDWIDTH: Final = 300e9
"""Bytes per second of a graphics card nobody measured: a mid-range one."""
LINK_BANDWIDTH: Final = 12e9
"""Bytes per second from RAM to such a card: PCIe 4 with 8 lanes, nearly."""
RAM: Final = "RAM"
"""The name of the machine's own memory, among the names of devices."""
_WORKER: Final = "RPC"


def is_worker(name: str) -> bool:
    """Whether the device of that name is an RPC worker's; its description is the address then."""
    return name.startswith(_WORKER)


def worker_name(number: int) -> str:
    """What ggml calls the devices of workers, in the order in which it learns of them."""
    return f"{_WORKER}{number}"


@dataclass(frozen=True)
class Held:
    """What closing a session gives back."""

    memory: dict[str, int] = field(default_factory=dict)
    """Bytes of RAM and of each device of this machine."""
    workers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """By the address of an RPC worker, what was free of its devices before: a worker that serves a
    session answers nobody else."""


@dataclass(frozen=True)
class DeviceFacts:
    """A compute device beside the CPU."""

    name: str
    description: str
    free: int
    """Bytes."""
    bandwidth: float = DEVICE_BANDWIDTH
    """Bytes per second."""
    shares_ram: bool = False
    """Its memory is the machine's own: an integrated GPU, or a worker on this machine."""
    copies_weights: bool = True
    """Whether it gets weights from RAM for a pass of many rows, as graphics cards do."""
    total: int = 0
    """Bytes that it has in all; 0 where that is not known."""


@dataclass(frozen=True)
class MachineFacts:
    """Memory that is free now, in bytes; speeds in bytes per second, None where not measured."""

    ram: int
    devices: tuple[DeviceFacts, ...] = ()
    ram_bandwidth: float | None = None
    disk_speed: float | None = None
    ram_total: int = 0
    """Bytes that could be free, were nothing else running; 0 where that is not known."""

    def device(self, name: str) -> DeviceFacts:
        """The device of that name."""
        return next(device for device in self.devices if device.name == name)

    def after_freeing(self, held: Held) -> "MachineFacts":
        """The machine once the session is closed that holds so much; its workers apart."""
        used = held.memory
        devices = tuple(replace(d, free=d.free + used.get(d.name, 0)) for d in self.devices)
        return replace(self, ram=self.ram + used.get(RAM, 0), devices=devices)

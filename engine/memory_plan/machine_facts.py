"""What the memory plan knows of a machine, one's own or one to think about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

DEVICE_BANDWIDTH: Final = 300e9
"""Bytes per second of a graphics card nobody measured: a mid-range one."""
LINK_BANDWIDTH: Final = 12e9
"""Bytes per second from RAM to such a card: PCIe 4 with 8 lanes, nearly."""
RAM: Final = "RAM"
"""The name of the machine's own memory, among the names of devices."""


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


@dataclass(frozen=True)
class MachineFacts:
    """Memory that is free now, in bytes; speeds in bytes per second, None where not measured."""

    ram: int
    devices: tuple[DeviceFacts, ...] = ()
    ram_bandwidth: float | None = None
    disk_speed: float | None = None

    def device(self, name: str) -> DeviceFacts:
        """The device of that name."""
        return next(device for device in self.devices if device.name == name)

    def after_freeing(self, used: Mapping[str, int]) -> "MachineFacts":
        """The machine once the loaded models are gone, which use so many bytes of each device."""
        devices = tuple(replace(d, free=d.free + used.get(d.name, 0)) for d in self.devices)
        return replace(self, ram=self.ram + used.get(RAM, 0), devices=devices)

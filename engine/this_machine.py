"""This machine as the memory plan sees it: what is free in RAM, on its devices, at its workers."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from engine.cancel import CancelToken
from engine.errors import WorkerUnavailable
from engine.library.printable import printable
from engine.llama.devices import Device, DeviceKind, list_devices
from engine.machine import available_memory, memory_limit
from engine.machine_speeds import disk_speed, ram_bandwidth
from engine.memory_plan.machine_facts import (
    DEVICE_BANDWIDTH,
    DeviceFacts,
    Held,
    MachineFacts,
    is_worker,
    worker_name,
)
from engine.rpc_worker import is_loopback, probe, split_endpoint

_COMPUTING: Final = (DeviceKind.GPU, DeviceKind.INTEGRATED_GPU)
_SHARED_BANDWIDTH: Final = 50e9
"""Bytes per second of what computes in a machine's plain memory: ours, or a worker's."""
_PROBE_SECONDS: Final = 1.0
"""Somebody looks at the model dialog and waits."""


def machine_now() -> MachineFacts:
    """This machine as it is: free memory of RAM and of each device but the CPU."""
    usable = [device for device in list_devices() if device.kind in _COMPUTING]
    graphics = [device for device in usable if device.kind is DeviceKind.GPU]
    # Beside a card of its own memory an integrated GPU only takes RAM's: llama.cpp's rule too.
    return MachineFacts(
        available_memory(),
        tuple(_device_facts(device) for device in graphics or usable),
        ram_total=memory_limit(),
    )


def machine_after(
    held: Held, workers: tuple[str, ...], cancel: CancelToken
) -> tuple[MachineFacts, tuple[str, ...]]:
    """The machine with its RPC workers once a session is closed, and the workers that are missing.

    They are asked in their own protocol: ggml could not forget them again. Raises `Cancelled`.
    """
    machine = machine_now().after_freeing(held)
    missing = []
    for endpoint in workers:
        try:
            free = held.workers.get(endpoint) or _free_of(endpoint, cancel)
        except WorkerUnavailable:
            missing.append(endpoint)
        else:
            machine = _with_worker(machine, endpoint, free)
    return machine, tuple(missing)


def with_speeds(machine: MachineFacts, model: Path, cancel: CancelToken) -> MachineFacts:
    """The same machine with its speeds: of memory, and of the disk that holds the model.

    Takes a second or two the first time. A disk that cannot be read has none. Raises `Cancelled`.
    """
    ram = machine.ram_bandwidth or ram_bandwidth(cancel)
    disk = machine.disk_speed
    if disk is None:
        with suppress(OSError):
            disk = disk_speed(model, cancel)
    return replace(machine, ram_bandwidth=ram, disk_speed=disk)


def _free_of(endpoint: str, cancel: CancelToken) -> tuple[int, ...]:
    report = probe(endpoint, timeout=_PROBE_SECONDS, cancel=cancel)
    return tuple(device.free_memory for device in report.devices)


def _with_worker(machine: MachineFacts, endpoint: str, free: tuple[int, ...]) -> MachineFacts:
    first = sum(is_worker(device.name) for device in machine.devices)
    added = tuple(
        _worker_facts(worker_name(number), endpoint, size)
        for number, size in enumerate(free, first)
    )
    return replace(machine, devices=machine.devices + added)


def _worker_facts(name: str, endpoint: str, free: int) -> DeviceFacts:
    host, _ = split_endpoint(endpoint)
    return DeviceFacts(
        name=name,
        description=endpoint,
        free=free,
        bandwidth=_SHARED_BANDWIDTH,
        shares_ram=is_loopback(host),
        copies_weights=False,
    )


def _device_facts(device: Device) -> DeviceFacts:
    if is_worker(device.name):
        return _worker_facts(device.name, device.description, device.free_memory)
    shares_ram = device.kind is DeviceKind.INTEGRATED_GPU or device.name.startswith("MTL")
    return DeviceFacts(
        name=device.name,
        description=printable(device.description),
        free=device.free_memory,
        total=device.total_memory,
        bandwidth=_SHARED_BANDWIDTH if shares_ram else DEVICE_BANDWIDTH,
        shares_ram=shares_ram,
        copies_weights=not shares_ram,
    )

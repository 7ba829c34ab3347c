"""Compute devices as ggml lists them, and RPC workers as further ones."""

import ctypes
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from engine.errors import DeviceUnavailable, WorkerUnavailable
from engine.language import tr
from engine.llama.library import initialize, shared_library
from engine.machine import available_memory
from engine.own_devices import OwnDevice, OwnDevices
from engine.rpc_worker import listens, require_listener, require_worker


class DeviceKind(IntEnum):
    """`enum ggml_backend_dev_type`."""

    CPU = 0
    GPU = 1
    INTEGRATED_GPU = 2
    ACCELERATOR = 3
    META = 4


@dataclass(frozen=True)
class Device:
    """One compute device. Memory in bytes; `handle` is ggml's pointer."""

    name: str
    description: str
    kind: DeviceKind
    free_memory: int
    total_memory: int
    handle: int


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "ggml_backend_dev_count": (ctypes.c_size_t, []),
    "ggml_backend_dev_get": (ctypes.c_void_p, [ctypes.c_size_t]),
    "ggml_backend_dev_name": (ctypes.c_char_p, [ctypes.c_void_p]),
    "ggml_backend_dev_description": (ctypes.c_char_p, [ctypes.c_void_p]),
    "ggml_backend_dev_type": (ctypes.c_int, [ctypes.c_void_p]),
    "ggml_backend_dev_memory": (
        None,
        [ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t), ctypes.POINTER(ctypes.c_size_t)],
    ),
    "ggml_backend_cpu_buffer_type": (ctypes.c_void_p, []),
    "ggml_backend_register": (None, [ctypes.c_void_p]),
    "ggml_backend_rpc_add_server": (ctypes.c_void_p, [ctypes.c_char_p]),
    "ggml_backend_rpc_start_server": (
        None,
        [
            ctypes.c_char_p,
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_size_t,
            ctypes.POINTER(ctypes.c_void_p),
        ],
    ),
}


@cache
def _function(library: str, name: str) -> Any:  # noqa: ANN401 - a ctypes function
    initialize()
    function = getattr(shared_library(library), name)
    function.restype, function.argtypes = _SIGNATURES[name]
    return function


def list_devices() -> list[Device]:
    """Every device that ggml knows now, the CPU included; none of a worker that is gone."""
    count = _function("ggml", "ggml_backend_dev_count")()
    get = _function("ggml", "ggml_backend_dev_get")
    handles = [get(index) for index in range(count)]
    return [_describe(handle) for handle in handles if _answers(_description(handle))]


def own_devices() -> OwnDevices:
    """What this computer has; which of the back ends that came along are in use, and why not."""
    devices = tuple(
        OwnDevice(device.name, device.description, device.free_memory, device.total_memory)
        for device in list_devices()
        if device.description not in _added_endpoints
    )
    return OwnDevices(devices, initialize())


def _answers(description: str) -> bool:
    """Whether a worker is still there: where none is, ggml's question ends the process."""
    return description not in _added_endpoints or listens(description)


def _description(handle: int) -> str:
    """Of a worker's device, its endpoint."""
    return str(_function("ggml-base", "ggml_backend_dev_description")(handle).decode())


def _describe(handle: int) -> Device:
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    _function("ggml-base", "ggml_backend_dev_memory")(
        handle, ctypes.byref(free), ctypes.byref(total)
    )
    kind = DeviceKind(_function("ggml-base", "ggml_backend_dev_type")(handle))
    return Device(
        name=_function("ggml-base", "ggml_backend_dev_name")(handle).decode(),
        description=_description(handle),
        kind=kind,
        # Of the CPU ggml says that all memory is free.
        free_memory=available_memory() if kind is DeviceKind.CPU else free.value,
        total_memory=total.value,
        handle=handle,
    )


def find_devices(names: tuple[str, ...]) -> list[Device]:
    """The named devices, in order. Raises `DeviceUnavailable` for a name that ggml lacks."""
    known = {device.name: device for device in list_devices()}
    for name in names:
        if name not in known:
            raise DeviceUnavailable(
                tr("There is no device named {name}.").format(name=name),
                hint=tr("There are: {known}.").format(known=", ".join(known)),
            )
    return [known[name] for name in names]


def cpu_buffer_type() -> int:
    """ggml's pointer for plain memory of the CPU."""
    return int(_function("ggml-base", "ggml_backend_cpu_buffer_type")())


_added_endpoints: set[str] = set()


def add_rpc_worker(endpoint: str) -> None:
    """Make the devices of the llama.cpp RPC worker at `host:port` known as RPC0, RPC1, ...

    The protocol has no authentication. Adding an endpoint again does nothing: ggml keeps it.
    Raises `WorkerUnavailable`, or `DeviceUnavailable` where llama.cpp has no RPC.
    """
    if endpoint in _added_endpoints:
        require_listener(endpoint)
        return
    require_worker(endpoint)
    try:
        registry = _function("ggml-rpc", "ggml_backend_rpc_add_server")(endpoint.encode())
    except OSError as error:
        raise DeviceUnavailable(
            tr("This build of llama.cpp has no RPC."),
            hint=tr("Run make clean and make run."),
            detail=str(error),
        ) from error
    if not registry:
        raise WorkerUnavailable(
            tr("The worker at {endpoint} does not answer.").format(endpoint=endpoint),
            hint=tr("Start it, or remove it."),
        )
    _function("ggml", "ggml_backend_register")(registry)
    _added_endpoints.add(endpoint)


def devices_to_serve() -> list[Device]:
    """What a worker on this machine offers: its GPUs, or the CPU where it has none."""
    devices = list_devices()
    fast = [d for d in devices if d.kind in (DeviceKind.GPU, DeviceKind.INTEGRATED_GPU)]
    return fast or [device for device in devices if device.kind is DeviceKind.CPU]


def serve_rpc(endpoint: str, devices: Sequence[Device], threads: int) -> threading.Thread:
    """Serve devices of this machine at `host:port` from a daemon thread of this process.

    ggml's server returns only where it cannot listen, so the thread ends with the process.
    """
    start = _function("ggml-rpc", "ggml_backend_rpc_start_server")
    handles = (ctypes.c_void_p * len(devices))(*(device.handle for device in devices))
    thread = threading.Thread(
        target=start,
        args=(endpoint.encode(), None, threads, len(devices), handles),
        daemon=True,
    )
    thread.start()
    return thread

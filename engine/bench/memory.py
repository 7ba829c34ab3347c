"""The memory plan against what really happens: llama.cpp's own log, and the process's memory."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psutil

from engine.cancel import CancelToken
from engine.config import SamplingConfig, SessionConfig
from engine.events import ChatMessage, Role
from engine.llama.devices import list_devices
from engine.llama.library import log as llama_log
from engine.memory_plan.machine_facts import RAM
from engine.session import Session

_BUFFER: Final = re.compile(r"(\S+) +(?:model|KV|compute|output) buffer size = +([0-9.]+) MiB")
_MIB: Final = 1 << 20
_PROMPT: Final = "The sea and the sky. " * 50
"""More than one chunk of a prompt, so that every row of a pass is used."""
_REPLY: Final = SamplingConfig(temperature=0.0, max_tokens=8)


@dataclass(frozen=True)
class DeviceMemory:
    """One device, in bytes."""

    name: str
    planned: int
    logged: int
    """Sum of the buffers that llama.cpp reports. In RAM its vocabulary is missing, and rows of
    logits for which the output buffer grows later."""
    resident: int | None
    """What the process on the device's side grew by; None where there is none to ask."""


def measure_memory(config: SessionConfig, workers: dict[str, int]) -> list[DeviceMemory]:
    """Load the pair, take a short turn, compare. Raises `OutriderError`.

    `workers` has the process id of each RPC device. Weights in RAM must be read into it
    (`Placement.in_memory`): of a mapped file the system keeps more pages than are needed, or fewer.
    """
    list_devices()  # llama.cpp's own start is no part of the pair
    processes = {name: psutil.Process(pid) for name, pid in workers.items()}
    processes[RAM] = psutil.Process()
    before = {name: _own_bytes(process) for name, process in processes.items()}
    with _logged_buffers() as logged, Session.open(config) as session:
        for _ in session.turn([ChatMessage(Role.USER, _PROMPT)], _REPLY, CancelToken()):
            pass
        grown = {name: _own_bytes(processes[name]) - size for name, size in before.items()}
        return [
            DeviceMemory(device.name, device.used, logged[device.name], grown.get(device.name))
            for device in session.memory_plan.devices
            if device.used
        ]


def _own_bytes(process: psutil.Process) -> int:
    """Resident, without pages of files."""
    memory = process.memory_info()
    return int(memory.rss - getattr(memory, "shared", 0))


@contextmanager
def _logged_buffers() -> Iterator[defaultdict[str, int]]:
    """Adds up the buffers that llama.cpp reports meanwhile, by device."""
    handler = _BufferHandler()
    level = llama_log.level
    llama_log.addHandler(handler)
    llama_log.setLevel(logging.DEBUG)
    try:
        yield handler.sizes
    finally:
        llama_log.setLevel(level)
        llama_log.removeHandler(handler)


class _BufferHandler(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.sizes: defaultdict[str, int] = defaultdict(int)

    def emit(self, record: logging.LogRecord) -> None:
        """Take the size out of a line such as `CPU KV buffer size = 95.62 MiB`."""
        if match := _BUFFER.search(record.getMessage()):
            name = match[1].partition("[")[0]
            device = RAM if name.startswith("CPU") else name
            self.sizes[device] += round(float(match[2]) * _MIB)

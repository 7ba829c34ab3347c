"""The machine in words and numbers, as a report describes it. Nothing here changes between runs."""

import platform
import subprocess
from pathlib import Path
from typing import Any, Final

import psutil

from engine.llama.devices import DeviceKind, list_devices
from engine.llama.version import version
from engine.machine import usable_cores

_CPU_INFO: Final = Path("/proc/cpuinfo")


def describe_machine() -> dict[str, Any]:
    """The headless contract's `machine` object."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": usable_cores(),
        "memory_bytes": psutil.virtual_memory().total,
        "llama_cpp_python": version(),
        "python": platform.python_version(),
        "devices": [
            {
                "name": device.name,
                "description": device.description.strip(),
                "memory_bytes": device.total_memory,
            }
            for device in list_devices()
            if device.kind is not DeviceKind.CPU
        ],
    }


def _processor() -> str:
    try:
        return _linux_processor() or _mac_processor() or platform.processor() or platform.machine()
    except OSError:
        return platform.machine()


def _linux_processor() -> str:
    if not _CPU_INFO.exists():
        return ""
    lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "")


def _mac_processor() -> str:
    if platform.system() != "Darwin":
        return ""
    command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed

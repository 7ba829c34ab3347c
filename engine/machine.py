"""What this process may use of the machine."""

import contextlib
from pathlib import Path
from typing import Final

import psutil

_CGROUPS: Final = Path("/sys/fs/cgroup")


def physical_cores() -> int:
    """Cores, not hardware threads: ggml's matrix kernels gain nothing from the latter."""
    return psutil.cpu_count(logical=False) or 1


def available_memory(memberships: Path = Path("/proc/self/cgroup"), root: Path = _CGROUPS) -> int:
    """Bytes that can be filled without swapping: the system's, or less under a control group."""
    free = int(psutil.virtual_memory().available)
    return min([free, *_group_limits(memberships, root)])


def _group_limits(memberships: Path, root: Path) -> list[int]:
    """Memory limits of our control groups, v1 and v2; page cache counts against them too."""
    limits = []
    with contextlib.suppress(OSError, ValueError):
        for line in memberships.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            # A limit holds for all groups below it, and a container sees its own group as the root.
            groups = [Path(path.lstrip("/")), *Path(path.lstrip("/")).parents]
            for group in groups:
                if controllers == "":
                    limits += _read_limit(root / group / "memory.max")
                elif "memory" in controllers.split(","):
                    limits += _read_limit(root / "memory" / group / "memory.limit_in_bytes")
    return limits


def _read_limit(file: Path) -> list[int]:
    """The number in the file; none where there is no limit or no such file."""
    try:
        return [int(file.read_text())]
    except (OSError, ValueError):
        return []

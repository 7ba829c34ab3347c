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
    return max(min([free, *_group_rooms(memberships, root)]), 0)


def _group_rooms(memberships: Path, root: Path) -> list[int]:
    """What our control groups, v1 and v2, leave: page cache counts too, but gives way."""
    rooms = []
    with contextlib.suppress(OSError, ValueError):
        for line in memberships.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            # A limit holds for all groups below it, and a container sees its own group as the root.
            groups = [Path(path.lstrip("/")), *Path(path.lstrip("/")).parents]
            for group in groups:
                if controllers == "":
                    rooms += _room(root / group, "memory.max", "anon")
                elif "memory" in controllers.split(","):
                    rooms += _room(root / "memory" / group, "memory.limit_in_bytes", "total_rss")
    return rooms


def _room(group: Path, limit: str, held: str) -> list[int]:
    """The limit without what the group holds; none where there is no limit or no such file."""
    try:
        allowed = int((group / limit).read_text())
    except (OSError, ValueError):
        return []
    return [allowed - _statistic(group / "memory.stat", held)]


def _statistic(file: Path, name: str) -> int:
    """One figure of a file of `name number` lines; 0 where it is not there."""
    with contextlib.suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            key, _, number = line.partition(" ")
            if key == name:
                return int(number)
    return 0

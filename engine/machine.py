"""What this process may use of the machine."""

import contextlib
from pathlib import Path
from typing import Final

import psutil

_MEMBERSHIPS: Final = Path("/proc/self/cgroup")
_CGROUPS: Final = Path("/sys/fs/cgroup")


def physical_cores() -> int:
    """Cores, not hardware threads: ggml's matrix kernels gain nothing from the latter."""
    return psutil.cpu_count(logical=False) or 1


def allow_locked_memory() -> None:
    """Raise this process's own limit of locked memory as far as the system lets it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - Windows has none, and needs none

        hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))


def available_memory(memberships: Path = _MEMBERSHIPS, root: Path = _CGROUPS) -> int:
    """Bytes that can be filled without swapping: the system's, or less under a control group."""
    free = int(psutil.virtual_memory().available)
    return max(
        min([free, *(allowed - held for allowed, held in _group_limits(memberships, root))]), 0
    )


def memory_limit(memberships: Path = _MEMBERSHIPS, root: Path = _CGROUPS) -> int:
    """Bytes that could ever be filled, were nothing else running."""
    total = int(psutil.virtual_memory().total)
    return min([total, *(allowed for allowed, _ in _group_limits(memberships, root))])


def _group_limits(memberships: Path, root: Path) -> list[tuple[int, int]]:
    """(allowed, held) of our control groups, v1 and v2: page cache counts, but gives way."""
    limits = []
    with contextlib.suppress(OSError, ValueError):
        for line in memberships.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            # A limit holds for all groups below it, and a container sees its own group as the root.
            groups = [Path(path.lstrip("/")), *Path(path.lstrip("/")).parents]
            for group in groups:
                if controllers == "":
                    limits += _limit(root / group, "memory.max", "anon")
                elif "memory" in controllers.split(","):
                    limits += _limit(root / "memory" / group, "memory.limit_in_bytes", "total_rss")
    return limits


def _limit(group: Path, limit: str, held: str) -> list[tuple[int, int]]:
    """The limit and what the group holds; none where there is no limit or no such file."""
    try:
        allowed = int((group / limit).read_text())
    except (OSError, ValueError):
        return []
    return [(allowed, _statistic(group / "memory.stat", held))]


def _statistic(file: Path, name: str) -> int:
    """One figure of a file of `name number` lines; 0 where it is not there."""
    with contextlib.suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            key, _, number = line.partition(" ")
            if key == name:
                return int(number)
    return 0

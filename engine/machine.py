"""What this process may use of the machine."""

import contextlib
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import psutil

from engine.control_groups import MOUNTS, ControlGroup, Mounts, own_groups

_PROCESSORS: Final = Path("/sys/devices/system/cpu")


def usable_cores(processors: Path = _PROCESSORS, mounts: Mounts = MOUNTS) -> int:
    """How many threads ggml should compute with; at least 1.

    Cores, not hardware threads: ggml's matrix kernels gain nothing from the latter. Only those that
    this process may run on, and no more than its share of time: threads that have to take turns on
    a core wait for each other at every step of a pass, which makes it many times as slow.
    """
    groups = [group for own in own_groups("cpu", mounts) for group in own.upwards()]
    shares = [_share_of_time(group) for group in groups]
    return max(1, math.floor(min([_allowed_cores(processors), *shares])))


def threads_for(asked: int) -> int:
    """So many threads as the person asked for; 0: one for each core that can be used."""
    return asked or usable_cores()


def _allowed_cores(processors: Path) -> int:
    cores = psutil.cpu_count(logical=False) or 1
    try:
        allowed = psutil.Process().cpu_affinity()
    except (AttributeError, psutil.Error):  # macOS has none
        return cores
    return min(cores, len(_cores_of(allowed, processors))) if allowed else cores


def _cores_of(allowed: Iterable[int], processors: Path) -> set[str]:
    """A name for each core that has one of these hardware threads: the list of its threads."""
    names = set()
    for thread in allowed:
        name = str(thread)
        with contextlib.suppress(OSError, ValueError):
            name = (processors / f"cpu{thread}" / "topology" / "thread_siblings_list").read_text()
        names.add(name)
    return names


def _share_of_time(group: ControlGroup) -> float:
    """Processors that the group may keep busy; infinite where it has no limit."""
    if group.unified:
        quota, _, period = group.text("cpu.max").partition(" ")
    else:
        quota, period = group.text("cpu.cfs_quota_us"), group.text("cpu.cfs_period_us")
    try:
        share = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):  # "max", or no such file
        return math.inf
    return share if share > 0 else math.inf  # -1: none, in version 1


def allow_locked_memory() -> None:
    """Raise this process's own limit of locked memory as far as the system lets it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - Windows has none, and needs none

        hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))


def available_memory(mounts: Mounts = MOUNTS) -> int:
    """Bytes that can be filled without swapping: the system's, or less under a control group."""
    free = int(psutil.virtual_memory().available)
    return max(min([free, *(allowed - held for allowed, held in _memory_limits(mounts))]), 0)


def memory_limit(mounts: Mounts = MOUNTS) -> int:
    """Bytes that could ever be filled, were nothing else running."""
    total = int(psutil.virtual_memory().total)
    return min([total, *(allowed for allowed, _ in _memory_limits(mounts))])


def _memory_limits(mounts: Mounts) -> Iterator[tuple[int, int]]:
    """(allowed, held) of our control groups, v1 and v2: page cache counts, but gives way."""
    for own in own_groups("memory", mounts):
        limit, held = (
            ("memory.max", "anon") if own.unified else ("memory.limit_in_bytes", "total_rss")
        )
        for group in own.upwards():
            with contextlib.suppress(ValueError):  # no such file, or no limit
                yield int(group.text(limit)), group.memory_statistic(held) or 0

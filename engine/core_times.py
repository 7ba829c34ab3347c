"""What the system says of waiting for a core: ours, and that nobody wants one."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

_OWN_THREADS: Final = Path("/proc/self/task")


@dataclass(frozen=True)
class CoreTimes:
    """Seconds since some moment, over all cores; only differences mean anything."""

    waited: float
    """In which threads of this process could have run, had a core been free."""
    spare: float
    """In which cores were idle, or ran what gives way to us at once."""


def core_times(own_threads: Path = _OWN_THREADS) -> CoreTimes | None:
    """The times now; None where the system does not say how long threads wait (only Linux does)."""
    waits = list(_waits(own_threads))
    if not waits:
        return None
    times = psutil.cpu_times()
    yielding = times.nice if os.getpriority(os.PRIO_PROCESS, 0) <= 0 else 0.0
    return CoreTimes(sum(waits), times.idle + times.iowait + yielding)


def _waits(own_threads: Path) -> Iterator[float]:
    """Seconds that each thread waited (Documentation/scheduler/sched-stats.rst)."""
    for file in own_threads.glob("*/schedstat"):
        try:
            yield int(file.read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):  # the thread has ended, or no such figure
            continue
